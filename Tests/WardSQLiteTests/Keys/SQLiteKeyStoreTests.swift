import Foundation
import Testing
import WardDatabase
@testable import WardSQLite

@Suite struct SQLiteKeyStoreTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-key-store-\(UUID().uuidString)")

    private var path: String { folder.appendingPathComponent("wrapped.db").path }

    private func row(_ patient: String, _ byte: UInt8) -> WrappedKeyRow {
        WrappedKeyRow(
            tenant: .first, patient: LogicalID(patient), version: 1, kekVersion: 1,
            wrapped: [UInt8](repeating: byte, count: 60), commitment: [UInt8](repeating: 0, count: 32), createdAt: 7)
    }

    private func withStore(_ body: (SQLiteKeyStore) async throws -> Void) async throws {
        let store = try SQLiteKeyStore(path: path)
        try await body(store)
        await store.close()
    }

    @Test func conforms() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withStore { (store) async throws in
            #expect(try await WrappedKeyStoreConformance(store).failures() == [])
        }
    }

    @Test func keepsKeysOverARestartInAFileOfItsOwner() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withStore { (store) async throws in _ = try await store.put([row("a", 1)]) }
        try await withStore { (store) async throws in
            #expect(try await store.keys(of: LogicalID("a"), tenant: .first) == [row("a", 1)])
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    /// Shredding: neither the file nor its log holds a deleted key's bytes.
    @Test func overwritesDeletedKeys() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withStore { (store) async throws in
            _ = try await store.put((0..<200).map { row("patient-\($0)", 0xEE) } + [row("shredded", 0xC7)])
            #expect(try contains(0xC7))
            let patient = try #require(LogicalID("shredded"))
            #expect(try await store.destroy(
                .init(tenant: .first, patient: patient, destroyedAt: 1, request: patient)) == 1)
            #expect(try !contains(0xC7))
            #expect(try contains(0xEE))
            #expect(try await store.count(tenant: .first) == 200)
        }
    }

    @Test func refusesTheFileOfAnotherStore() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withStore { _ in }
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: [UInt8](repeating: 0x41, count: 4_096))
        try handle.close()
        #expect(throws: DatabaseError.self) { try SQLiteKeyStore(path: path) }
    }

    /// Whether a run of this byte as long as half a wrapped key lies in the folder.
    private func contains(_ byte: UInt8) throws -> Bool {
        let run = Data(repeating: byte, count: 30)
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).contains {
            try Data(contentsOf: $0).range(of: run) != nil
        }
    }
}
