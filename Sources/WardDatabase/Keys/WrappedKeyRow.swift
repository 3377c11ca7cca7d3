/// A patient's or a tenant's data key as it lies in the key store: wrapped, with what it is bound to. It holds no open
/// key.
public struct WrappedKeyRow: Hashable, Sendable {
    public var tenant: TenantID
    /// The patient whose records it seals; nil for the tenant's shared key.
    public var patient: LogicalID?
    /// 1 for the first key of its owner, then one more each.
    public var version: UInt32
    /// The version of the tenant's key-encryption key that wraps it.
    public var kekVersion: UInt32
    /// The wrapped key, opaque here; at most 1,024 bytes.
    public var wrapped: [UInt8]
    /// What commits to the key, opaque here; at most 64 bytes.
    public var commitment: [UInt8]
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var createdAt: Int64

    /// A row; see the properties.
    public init(
        tenant: TenantID, patient: LogicalID?, version: UInt32, kekVersion: UInt32, wrapped: [UInt8],
        commitment: [UInt8], createdAt: Int64
    ) {
        self.tenant = tenant
        self.patient = patient
        self.version = version
        self.kekVersion = kekVersion
        self.wrapped = wrapped
        self.commitment = commitment
        self.createdAt = createdAt
    }
}
