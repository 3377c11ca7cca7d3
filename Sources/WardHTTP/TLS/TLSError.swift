/// Why certificates cannot be used or made. Its description names files and causes, never a key.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    public var code: Code
    /// The file concerned, or empty.
    public var path: String

    init(_ code: Code, _ path: String = "") {
        self.code = code
        self.path = path
    }

    public var description: String { path.isEmpty ? code.rawValue : "\(code.rawValue): \(path)" }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// The file is missing or cannot be read.
        case unreadable = "file cannot be read"
        /// The file cannot be written.
        case unwritable = "file cannot be written"
        /// The file holds no certificate in PEM form, or a damaged one.
        case badCertificate = "no valid PEM certificate"
        /// The file holds no private key in PEM form, or one of a kind that cannot be used.
        case badKey = "no valid PEM private key"
        /// The private key is not the one of the certificate.
        case keyMismatch = "private key does not belong to the certificate"
        /// Everyone on the machine may read the private key.
        case keyExposed = "private key may be read by everyone; remove the rights of others"
        /// The certificate's time is over.
        case expired = "certificate has expired"
        /// The certificate's time has not begun.
        case notYetValid = "certificate is not valid yet"
        /// The TLS library refused the certificate or key.
        case refused = "TLS library refused the certificate or key"
        /// A certificate could not be made.
        case issuing = "certificate could not be made"
    }
}
