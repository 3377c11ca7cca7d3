public import WardDatabase

/// Sealed, versioned values that are not FHIR resources: users, roles, sessions, policies, registers.
///
/// Implemented by the vault's ``Collection``; a double with the same behaviour is in WardTesting.
public protocol CollectionStore<Value>: Sendable {
    /// What the collection holds.
    associatedtype Value: Codable & Sendable

    /// The current value, or nil where there is none or it was deleted.
    func get(_ id: LogicalID) async throws -> CollectionItem<Value>?

    /// Current values whose lookup field equals `text` exactly, by blind index. The field must be declared by the collection.
    func find(_ field: String, _ text: String) async throws -> [CollectionItem<Value>]

    /// Current values in the order of their last change, newest first; at most `limit`.
    func all(limit: Int) async throws -> [CollectionItem<Value>]

    /// Writes a value; durable on return. `expecting` is the version that must be current; nil: the id must be new.
    /// - Throws: ``DatabaseError`` with `.versionConflict` where another write came first.
    @discardableResult
    func put(_ id: LogicalID, _ value: Value, expecting version: UInt64?, events: [OutboxEvent]) async throws
        -> CollectionItem<Value>

    /// Marks the value deleted; its versions stay. Durable on return.
    func delete(_ id: LogicalID, expecting version: UInt64, events: [OutboxEvent]) async throws
}

/// A value of a sealed collection with its version.
public struct CollectionItem<Value: Codable & Sendable>: Sendable {
    public var id: LogicalID
    /// 1 for the first version, then one more each.
    public var version: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var updatedAt: Int64
    public var value: Value

    /// An item; stores make it.
    public init(id: LogicalID, version: UInt64, updatedAt: Int64, value: Value) {
        self.id = id
        self.version = version
        self.updatedAt = updatedAt
        self.value = value
    }
}
