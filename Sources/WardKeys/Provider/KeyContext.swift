/// What a wrapped key is for. It is authenticated: a key opens only under the context that it was wrapped with.
///
/// Key services that take pairs (AWS KMS's encryption context) get ``pairs``; those that take bytes get ``bytes``.
public struct KeyContext: Hashable, Sendable {
    /// The application and home, such as `ward/production/0198…`: a key of one home does not open in another.
    public var application: String
    /// The tenant's number; 0 where the key belongs to the whole home.
    public var tenant: UInt32
    /// What the key does, such as `kek` or `log`.
    public var purpose: String
    /// The version of the key.
    public var version: UInt32

    /// A context; see the properties.
    public init(application: String, tenant: UInt32, purpose: String, version: UInt32) {
        self.application = application
        self.tenant = tenant
        self.purpose = purpose
        self.version = version
    }

    /// `"ctx/v1" ‖ LP(application) ‖ LP(tenant) ‖ LP(purpose) ‖ u32 version`, for use as additional authenticated data.
    public var bytes: [UInt8] {
        var canonical = CanonicalBytes("ctx/v1")
        canonical.lengthPrefixed(application)
        canonical.lengthPrefixed(tenant.bigEndianBytes)
        canonical.lengthPrefixed(purpose)
        canonical.integer(version)
        return canonical.bytes
    }

    /// The same as names and values.
    public var pairs: [(name: String, value: String)] {
        [("application", application), ("tenant", String(tenant)), ("purpose", purpose), ("version", String(version))]
    }
}

extension UInt32 {
    /// Four bytes, big endian.
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
