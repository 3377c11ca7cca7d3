/// Why a key or a signed token is not taken. Its description is safe to log and to send.
public struct JOSEError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code

    /// Kinds of fault.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not three parts of strict base64url, or no JSON object in the first.
        case malformed = "it is no compact signed token"
        /// Longer than any token that is taken here.
        case tooLong = "it is too long"
        /// `alg` is `none`, symmetric, or none that is known.
        case unsupportedAlgorithm = "its algorithm is not supported"
        /// The algorithm is not one that is taken for this purpose, or not the key's.
        case algorithmNotAllowed = "its algorithm is not allowed here"
        /// No `kid`, or one that names no key of the signer.
        case unknownKey = "it names no known key"
        /// `crit` names something that must be understood.
        case criticalHeader = "its header asks for an extension"
        /// `typ` is another than this purpose asks for.
        case wrongType = "it is a token of another type"
        /// The signature is not that of the key.
        case badSignature = "its signature is not right"
        /// A claim that is needed is missing or has another form.
        case claimMissing = "a claim is missing or malformed"
        /// `exp` has passed.
        case expired = "it has expired"
        /// `nbf` or `iat` lies in the future.
        case notYetValid = "it is not valid yet"
        /// It is valid for longer than is taken.
        case livesTooLong = "it is valid for too long"
        /// `iss` or `sub` is another.
        case wrongIssuer = "its issuer or subject is another"
        /// `aud` does not name this server.
        case wrongAudience = "it is meant for somebody else"
        /// `jti` was seen before.
        case replayed = "it was used before"
        /// The key is symmetric, of an unknown kind, too weak, not for signatures, or private.
        case unusableKey = "the key cannot verify signatures here"
    }

    init(_ code: Code) { self.code = code }

    public var description: String { code.rawValue }
}
