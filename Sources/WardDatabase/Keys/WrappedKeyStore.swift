/// Where wrapped data keys live: a store of its own, apart from the records, backed up apart, so that deleting a key
/// destroys what it sealed.
///
/// Every engine passes ``WrappedKeyStoreConformance``.
public protocol WrappedKeyStore: Sendable {
    /// Stores keys whose owner and version are not there yet; durable on return. Calls that wait together share one
    /// flush to disk.
    ///
    /// - Returns: for each row of `keys`, in order, what the store holds now: the row given, or the one that was there
    ///   before it. Two writers that make a patient's first key at once therefore end with the same one.
    /// - Throws: ``DatabaseError``; nothing of this call is stored then. `.destroyed` where an owner's keys were
    ///   destroyed (``destroy(_:)``): it never has a key again.
    func put(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> [WrappedKeyRow]

    /// Every version of an owner's key, oldest first; `patient` nil asks for the tenant's shared key.
    /// - Throws: ``DatabaseError`` with `.damaged` where a row of them holds what no engine writes.
    func keys(of patient: LogicalID?, tenant: TenantID) async throws(DatabaseError) -> [WrappedKeyRow]

    /// A tenant's keys in the order of patient and version (the shared key first), after a place; at most `limit`. A row that
    /// holds what no engine writes is left out, where it is and as it is; ``flaws(tenant:)`` names it.
    func list(
        tenant: TenantID, after place: WrappedKeyPlace?, limit: Int
    ) async throws(DatabaseError) -> [WrappedKeyRow]

    /// Replaces the wrapped form of keys that are there: same owner, version and commitment, a newer key-encryption key.
    /// Rows that are not there any more stay away, and none goes back to an older key-encryption key; durable on return.
    /// - Returns: how many were replaced.
    @discardableResult
    func replace(_ keys: [WrappedKeyRow]) async throws(DatabaseError) -> Int

    /// How many keys a tenant has under each version of its key-encryption key.
    /// - Throws: ``DatabaseError`` with `.damaged` where that cannot be told of a row.
    func counts(tenant: TenantID) async throws(DatabaseError) -> [UInt32: Int]

    /// Overwrites what replacing and deleting left of older bytes in the store's files; durable on return.
    func purge() async throws(DatabaseError)

    /// Destroys every version of a patient's key for good: overwrites its bytes in the store's files, and leaves a
    /// tombstone by which no key of that patient is stored again; durable on return. Calling again does the same; the
    /// first tombstone stays.
    /// - Returns: how many versions there were.
    @discardableResult
    func destroy(_ tombstone: KeyTombstone) async throws(DatabaseError) -> Int

    /// What of the store's own tables and rows is not as the engine makes it, and keys of any other tenant than the one whose store
    /// it is, which nobody would ever open: for verification. At most some hundred flaws of a kind.
    func flaws(tenant: TenantID) async throws(DatabaseError) -> [StoreFlaw]

    /// A tenant's tombstones, in the order of patients.
    func tombstones(tenant: TenantID) async throws(DatabaseError) -> [KeyTombstone]

    /// The tombstone of a patient, or nil.
    func tombstone(of patient: LogicalID, tenant: TenantID) async throws(DatabaseError) -> KeyTombstone?

    /// How many keys a tenant has, all versions counted.
    func count(tenant: TenantID) async throws(DatabaseError) -> Int
}

/// A place in the order of a tenant's wrapped keys.
public struct WrappedKeyPlace: Hashable, Sendable {
    public var patient: LogicalID?
    public var version: UInt32

    /// A place; the shared key comes before every patient.
    public init(patient: LogicalID?, version: UInt32) {
        self.patient = patient
        self.version = version
    }
}
