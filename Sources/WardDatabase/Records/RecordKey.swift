/// What names a record: tenant, type and logical id. It says nothing of its content.
public struct RecordKey: Hashable, Sendable, CustomStringConvertible {
    /// The tenant that owns the record.
    public let tenant: TenantID
    /// The resource type, such as `Observation`; sealed collections use a name that begins with an underscore, such as `_user`.
    public let type: String
    /// The logical id.
    public let id: LogicalID

    /// Names a record.
    public init(tenant: TenantID, type: String, id: LogicalID) {
        self.tenant = tenant
        self.type = type
        self.id = id
    }

    /// `Type/id`.
    public var description: String { "\(type)/\(id)" }
}
