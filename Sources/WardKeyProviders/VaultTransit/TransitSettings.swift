/// Which key of Vault's or OpenBao's transit engine is the root, and how its server is reached.
public struct TransitSettings: Sendable, Equatable {
    /// The server's address, such as `https://vault.example.org:8200`; it must begin with `https://`.
    public var address: String
    /// Where the engine is mounted.
    public var mount: String
    /// The key's name.
    public var key: String
    /// A file that only its owner can read, with the token; it is read again for each request, so that an agent may
    /// renew it.
    public var tokenFile: String
    /// The namespace, where the server has any.
    public var namespace: String?
    /// PEM file of the authority that the server's certificate must come from; nil: the system's.
    public var authorityFile: String?

    /// Settings; see the properties.
    public init(
        address: String, mount: String = "transit", key: String = "ward-root", tokenFile: String,
        namespace: String? = nil, authorityFile: String? = nil
    ) {
        self.address = address
        self.mount = mount
        self.key = key
        self.tokenFile = tokenFile
        self.namespace = namespace
        self.authorityFile = authorityFile
    }
}
