import Foundation
import Testing
import WardDatabase
import WardSQLite
import WardTesting

@Suite struct SQLiteAuditStoreTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("ward-audit-\(UUID().uuidString)")
    private var path: String { folder.appendingPathComponent("audit.db").path }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    @Test func conforms() async throws {
        let store = try SQLiteAuditStore.open(path: path)
        #expect(try await AuditStoreConformance(store).failures() == [])
        await store.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func conformsInsideTheFaultInjectingOne() async throws {
        let store = try SQLiteAuditStore.open(path: path)
        #expect(try await AuditStoreConformance(FaultyAuditStore(store)).failures() == [])
        await store.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func aReaderBesideTheWriterSeesWhatReturnedAndWritesNothing() async throws {
        let writer = try SQLiteAuditStore.open(path: path)
        _ = try await writer.append([[1], [2]])
        let reader = try SQLiteAuditStore.openForReading(path: path)
        #expect(try await reader.state().nextPosition == 2)
        _ = try await writer.append([[3]])
        #expect(try await reader.entries(from: 0, limit: 9, maximumBytes: 99).positions == [0, 1, 2])
        await #expect(throws: DatabaseError.self) { try await reader.append([[4]]) }
        await reader.close()
        await writer.close()
        try FileManager.default.removeItem(at: folder)
    }

    @Test func whatReturnedIsThereAfterReopening() async throws {
        let store = try SQLiteAuditStore.open(path: path)
        _ = try await store.append([[1], [2]])
        await store.close()
        let again = try SQLiteAuditStore.open(path: path)
        #expect(try await again.append([[3]]) == 2..<3)
        await again.close()
        #expect(throws: DatabaseError.self) { try SQLiteAuditStore.openForReading(path: path + ".missing") }
        try FileManager.default.removeItem(at: folder)
    }

    /// Bytes of the header in which damage can leave a file readable, or let it be taken for another's.
    @Test(arguments: [0, 18, 19, 20, 21, 22, 23, 47, 59, 68, 71]) func damageInTheHeaderIsNamed(byte: Int) async throws {
        let store = try SQLiteAuditStore.open(path: path)
        #expect(SQLiteAuditStore.headerFlaw(path: path) == nil, "while it is written")
        _ = try await store.append([[1], [2]])
        await store.close()
        #expect(SQLiteAuditStore.headerFlaw(path: path) == nil)
        #expect(SQLiteAuditStore.versions(path: path)?.file == 3)
        var content = try Data(contentsOf: URL(filePath: path))
        content[byte] ^= 0x44
        try content.write(to: URL(filePath: path))
        #expect(SQLiteAuditStore.headerFlaw(path: path) != nil)
        try FileManager.default.removeItem(at: folder)
    }

    /// What is no plain file is refused, and not waited for.
    @Test func whatIsNoPlainFileIsRefused() throws {
        for make in [{ mkfifo($0, 0o600) }, { mkdir($0, 0o700) }, { symlink("/dev/null", $0) }] as [(String) -> Int32] {
            try #require(make(path) == 0)
            let refusal = DatabaseError(.corrupt, "open: it is no plain file")
            #expect(throws: refusal) { _ = try SQLiteAuditStore.open(path: path) }
            #expect(throws: refusal) { _ = try SQLiteAuditStore.openForReading(path: path) }
            #expect(SQLiteAuditStore.headerFlaw(path: path) == nil)
            try FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.removeItem(at: folder)
    }
}
