import Synchronization
import WardDatabase

/// A key store whose next reading is followed by something else, before its reader goes on.
final class InterruptedKeyStore: WrappedKeyStore {
    private let store: any WrappedKeyStore
    private let interruption = Mutex<(@Sendable () async throws -> Void)?>(nil)

    init(_ store: any WrappedKeyStore) { self.store = store }

    func afterReading(_ body: @escaping @Sendable () async throws -> Void) { interruption.withLock { $0 = body } }

    private func interrupt() async throws(DatabaseError) {
        let body = interruption.withLock { body in
            defer { body = nil }
            return body
        }
        do {
            try await body?()
        } catch {
            throw DatabaseError(.unavailable, "\(error)")
        }
    }

    func keys(of patient: LogicalID?, tenant: TenantID) async throws(DatabaseError) -> [WrappedKeyRow] {
        let rows = try await store.keys(of: patient, tenant: tenant)
        try await interrupt()
        return rows
    }

    func list(
        tenant: TenantID, after place: WrappedKeyPlace?, limit: Int
    ) async throws(DatabaseError) -> [WrappedKeyRow] {
        let rows = try await store.list(tenant: tenant, after: place, limit: limit)
        try await interrupt()
        return rows
    }

    func put(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> [WrappedKeyRow] { try await store.put(keys) }

    func replace(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> Int { try await store.replace(keys) }

    func counts(tenant: TenantID) async throws(DatabaseError) -> [UInt32: Int] { try await store.counts(tenant: tenant) }

    func flaws(tenant: TenantID) async throws(DatabaseError) -> [StoreFlaw] { try await store.flaws(tenant: tenant) }

    func purge() async throws(DatabaseError) { try await store.purge() }

    func destroy(_ tombstone: KeyTombstone) async throws(DatabaseError) -> Int { try await store.destroy(tombstone) }

    func tombstones(tenant: TenantID) async throws(DatabaseError) -> [KeyTombstone] {
        try await store.tombstones(tenant: tenant)
    }

    func tombstone(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError) -> KeyTombstone? {
        try await store.tombstone(of: patient, tenant: tenant)
    }

    func count(tenant: TenantID) async throws(DatabaseError) -> Int { try await store.count(tenant: tenant) }
}
