/// A key as a key provider gave it back, wrapped under its root: safe to keep beside what it protects.
public struct WrappedKey: Hashable, Sendable {
    /// The kind of provider that wrapped it (``KeyProviderDescription/kind``).
    public var provider: String
    /// The id of the root key.
    public var root: String
    /// The version of the root key.
    public var rootVersion: UInt32
    /// The provider's own form of the wrapped key.
    public var bytes: [UInt8]

    /// A wrapped key; providers make it.
    public init(provider: String, root: String, rootVersion: UInt32, bytes: [UInt8]) {
        self.provider = provider
        self.root = root
        self.rootVersion = rootVersion
        self.bytes = bytes
    }
}
