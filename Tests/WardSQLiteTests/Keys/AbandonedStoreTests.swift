#if os(Linux)
import Foundation
import Testing
import WardSQLite

/// A store that nobody closed must not hold its files open for as long as the process lives.
@Suite struct AbandonedStoreTests {
    @Test func anAbandonedStoreClosesItsFiles() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-abandoned-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let store = try SQLiteKeyStore(path: folder.path + "/keys.db")
            #expect(try openFiles(in: folder) > 0)
            withExtendedLifetime(store) {}
        }
        let deadline = ContinuousClock.now.advanced(by: .seconds(600))
        while try openFiles(in: folder) > 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try openFiles(in: folder) == 0)
    }

    /// How many files of `folder` this process holds open.
    private func openFiles(in folder: URL) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return target?.contains(folder.lastPathComponent) == true
        }.count
    }
}
#endif
