/// Where the server's certificate chain and private key lie, both PEM.
public struct CertificateFiles: Sendable, Hashable {
    /// The leaf first, then its issuers up to, but not including, the root.
    public var certificatePath: String
    /// The leaf's private key.
    public var keyPath: String

    /// A pair of files.
    public init(certificatePath: String, keyPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
    }
}
