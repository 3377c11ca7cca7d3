import Foundation
import Testing
import WardDatabase
import WardSQLite

@Suite struct SQLiteAuditIndexTests {
    @Test func conformsAndIsThereAfterItWasClosed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-index-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("index.db").path
        let index = try SQLiteAuditIndex(path: path)
        #expect(try await AuditIndexConformance(index).failures() == [])
        let state = AuditIndexState(end: 3, last: EventID([UInt8](repeating: 2, count: 16)))
        try await index.add([AuditPosting(AuditTerm(.kind, 48), 2)], from: .empty, to: state)
        await index.close()
        let again = try SQLiteAuditIndex(path: path)
        #expect(try await again.state() == state)
        #expect(try await again.positions(of: AuditTerm(.kind, 48), from: 0, below: .max, limit: 5) == [2])
        await again.close()
    }

    /// One who died while it was being made leaves such a file: it is an index as little as none is.
    @Test(arguments: [false, true]) func aFileInWhichNothingWasMadeIsNoIndex(isThere: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("index.db")
        if isThere { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
        #expect(try SQLiteAuditIndex.openForReading(path: path) == nil)
        let index = try SQLiteAuditIndex(path: path)
        let reader = try #require(try SQLiteAuditIndex.openForReading(path: path))
        #expect(try await reader.state() == .empty)
        await reader.close()
        await index.close()
    }
}
