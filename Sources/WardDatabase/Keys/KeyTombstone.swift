/// What a key store keeps of a patient whose keys were destroyed: that they were, when, and by which request.
public struct KeyTombstone: Hashable, Sendable {
    public var tenant: TenantID
    public var patient: LogicalID
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var destroyedAt: Int64
    /// The request that was asked for and confirmed.
    public var request: LogicalID

    /// A tombstone; see the properties.
    public init(tenant: TenantID, patient: LogicalID, destroyedAt: Int64, request: LogicalID) {
        self.tenant = tenant
        self.patient = patient
        self.destroyedAt = destroyedAt
        self.request = request
    }
}
