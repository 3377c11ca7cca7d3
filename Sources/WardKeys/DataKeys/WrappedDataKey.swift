/// A data key wrapped under its tenant's wrap key, as the key store keeps it.
public struct WrappedDataKey: Hashable, Sendable {
    public var owner: DataKeyOwner
    /// 1 for an owner's first key, then one more each.
    public var version: UInt32
    /// The version of the tenant's key-encryption key.
    public var kekVersion: UInt32
    /// `nonce ‖ ciphertext ‖ tag`, AES-256-GCM, 60 bytes.
    public var wrapped: [UInt8]
    /// `HKDF-SHA256(DEK, "commit")`, 32 bytes.
    public var commitment: [UInt8]

    /// A wrapped data key, as read from a store; see the properties.
    public init(owner: DataKeyOwner, version: UInt32, kekVersion: UInt32, wrapped: [UInt8], commitment: [UInt8]) {
        self.owner = owner
        self.version = version
        self.kekVersion = kekVersion
        self.wrapped = wrapped
        self.commitment = commitment
    }

    /// `"dek/v1" ‖ LP(tenant) ‖ LP(patient) ‖ u32 version ‖ LP(purpose)`, bound to the wrapped key.
    static func authenticatedData(_ owner: DataKeyOwner, version: UInt32) -> [UInt8] {
        var canonical = CanonicalBytes("dek/v1")
        canonical.lengthPrefixed(owner.tenant.bigEndianBytes)
        canonical.lengthPrefixed(owner.patient ?? "")
        canonical.integer(version)
        canonical.lengthPrefixed(owner.purpose)
        return canonical.bytes
    }
}
