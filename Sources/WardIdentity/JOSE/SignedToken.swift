internal import WardFHIR

/// A signed token in compact form, taken apart and not yet believed: its payload comes out of ``verified(by:allowing:type:)``
/// alone.
///
/// What its header says of keys (`jwk`, `x5c`) is never used. Source: RFC 7515 §5.2, RFC 8725 (best practices).
struct SignedToken: Sendable {
    static let maximumBytes = 16 << 10

    /// `kid`: which of the signer's keys; nil where the token may leave it out and does.
    let namedKeyID: String?
    /// The same; empty where none is named.
    var keyID: String { namedKeyID ?? "" }
    /// `jku`, where it stands there: to be compared with what the signer registered, never fetched.
    let keySetURL: String?
    private let algorithm: SignatureAlgorithm
    private let type: String?
    private let payload: [UInt8]
    private let message: [UInt8]
    private let signature: [UInt8]

    /// Takes a token apart.
    /// - Parameter mayNameNoKey: whether `kid` may be left out, where the signer has one key alone. Source: OpenID Connect
    ///   Core 1.0 §10.1.
    init(_ text: String, mayNameNoKey: Bool = false) throws(JOSEError) {
        guard text.utf8.count <= Self.maximumBytes else { throw JOSEError(.tooLong) }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), let document = try? JSONDocument(parsing: header),
            document.root.kind == .object, let name = document.root["alg"]?.string
        else { throw JOSEError(.malformed) }
        guard document.root["crit"] == nil, document.root["b64"] == nil else { throw JOSEError(.criticalHeader) }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw JOSEError(.unsupportedAlgorithm) }
        let keyID = document.root["kid"]
        guard mayNameNoKey && keyID == nil || keyID?.string != nil else { throw JOSEError(.unknownKey) }
        self.namedKeyID = keyID?.string
        self.keySetURL = document.root["jku"]?.string
        self.algorithm = algorithm
        self.type = document.root["typ"]?.string
        self.payload = payload
        self.message = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        self.signature = signature
    }

    /// Who it says made it, believed by nobody: to look up whose keys would verify it.
    var claimedIssuer: String? { (try? TokenClaims(payload))?.optionalText("iss") }

    /// What the token may be, by its `typ`. Source: RFC 7515 §4.1.9, RFC 9068 §2.1.
    enum Kind: Sendable {
        /// `at+jwt`: nothing else is an access token.
        case accessToken
        /// `JWT`, or none said: assertions of clients and identity tokens of providers.
        case general
        /// Whatever it says.
        case any
    }

    /// The payload, if the token is of the kind that is asked for and one of the signer's keys made the signature by an
    /// algorithm that is allowed here.
    func verified(
        by keys: JSONWebKeySet, allowing allowed: Set<SignatureAlgorithm>, kind: Kind
    ) throws(JOSEError) -> [UInt8] {
        guard isOf(kind) else { throw JOSEError(.wrongType) }
        guard allowed.contains(algorithm) else { throw JOSEError(.algorithmNotAllowed) }
        let key = if let namedKeyID { try keys.key(namedKeyID) } else { try keys.only() }
        guard key.algorithms.contains(algorithm) else { throw JOSEError(.algorithmNotAllowed) }
        guard key.verifies(signature, over: message, by: algorithm) else { throw JOSEError(.badSignature) }
        return payload
    }

    private func isOf(_ kind: Kind) -> Bool {
        let type = type?.lowercased()
        switch kind {
        case .accessToken: return type == "at+jwt" || type == "application/at+jwt"
        case .general: return type == nil || type == "jwt"
        case .any: return true
        }
    }
}
