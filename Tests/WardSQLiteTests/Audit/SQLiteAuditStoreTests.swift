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

    private func refusal(_ name: String, _ what: String) -> DatabaseError {
        DatabaseError(.foreign, "\(name): \(what); somebody put it there. Move it aside, it is evidence")
    }

    /// What is no plain file is refused by its name, and not waited for.
    @Test func whatIsNoPlainFileIsRefused() throws {
        let makers = [{ mkfifo($0, 0o600) }, { mkdir($0, 0o700) }, { symlink("/dev/null", $0) }] as [(String) -> Int32]
        for make in makers {
            try #require(make(path) == 0)
            let refusal = refusal(path, "is no plain file")
            #expect(throws: refusal) { _ = try SQLiteAuditStore.open(path: path) }
            #expect(throws: refusal) { _ = try SQLiteAuditStore.openForReading(path: path) }
            #expect(SQLiteAuditStore.headerFlaw(path: path) == nil)
            try FileManager.default.removeItem(atPath: path)
        }
        try #require(symlink(path + ".nowhere", path) == 0)
        #expect(throws: refusal(path, "is a link that leads nowhere")) { _ = try SQLiteAuditStore.open(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path + ".nowhere"), "no file was made through it")
        try FileManager.default.removeItem(at: folder)
    }

    /// The engine would wait for a pipe beside the file, and follow a link.
    @Test(arguments: ["-wal", "-shm", "-journal"]) func whatStandsBesideIsRefused(ending: String) async throws {
        let store = try SQLiteAuditStore.open(path: path)
        _ = try await store.append([[1], [2]])
        await store.close()
        let name = path + ending
        for make in [{ mkfifo($0, 0o600) }, { mkdir($0, 0o700) }, { symlink("nowhere", $0) }] as [(String) -> Int32] {
            try #require(make(name) == 0)
            #expect(throws: refusal(name, "is no plain file")) { _ = try SQLiteAuditStore.open(path: path) }
            #expect(throws: refusal(name, "is no plain file")) { _ = try SQLiteAuditStore.openForReading(path: path) }
            try FileManager.default.removeItem(atPath: name)
        }
        let again = try SQLiteAuditStore.openForReading(path: path)
        #expect(try await again.state().nextPosition == 2)
        await again.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// The engine would play a journal back, or remove it: evidence either way. Beside a file that is being made it is its own.
    @Test func aJournalBesideALogIsRefusedAndKept() async throws {
        let journal = path + "-journal"
        try Data().write(to: URL(filePath: path))
        try Data([1, 2, 3]).write(to: URL(filePath: journal))
        let store = try SQLiteAuditStore.open(path: path)
        _ = try await store.append([[1], [2]])
        #expect(!FileManager.default.fileExists(atPath: journal))
        let refusal = refusal(journal, "stands beside a database that has no journal: what changes goes into its -wal")
        for isClosed in [false, true] {
            if isClosed { await store.close() }
            try Data([1, 2, 3]).write(to: URL(filePath: journal))
            #expect(throws: refusal) { _ = try SQLiteAuditStore.open(path: path) }
            #expect(throws: refusal) { _ = try SQLiteAuditStore.openForReading(path: path) }
            #expect(try Data(contentsOf: URL(filePath: journal)) == Data([1, 2, 3]))
            try FileManager.default.removeItem(atPath: journal)
        }
        try FileManager.default.removeItem(at: folder)
    }

    /// A file that says of itself that it is older than its tables are is refused as changed, whoever opens it.
    @Test(arguments: [0, 1, 2, -1, .min] as [Int32]) func anOlderVersionOfNewerTablesIsRefused(version: Int32) async throws {
        let store = try SQLiteAuditStore.open(path: path)
        _ = try await store.append([[1], [2]])
        await store.close()
        var content = try Data(contentsOf: URL(filePath: path))
        withUnsafeBytes(of: version.bigEndian) { content.replaceSubrange(60..<64, with: $0) }
        try content.write(to: URL(filePath: path))
        let refusal = DatabaseError(
            .corrupt, "open: its user_version is \(version), and its tables are those of version 3",
            remedy: "keep a copy of the file as evidence; PRAGMA user_version = 3 sets it right where nothing else was done")
        #expect(throws: refusal) { _ = try SQLiteAuditStore.openForReading(path: path) }
        #expect(throws: refusal) { _ = try SQLiteAuditStore.open(path: path) }
        try FileManager.default.removeItem(at: folder)
    }
}
