internal import Crypto
internal import WardFHIR

/// What the browser says that the authenticator was asked. Source: Web Authentication level 2, §5.8.1.
struct ClientData: Sendable {
    /// SHA-256 of the bytes as they came: what the authenticator signed.
    let hash: [UInt8]
    let challenge: [UInt8]

    enum Ceremony: String, Sendable {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    /// Reads it, and checks it against what the site expects.
    init(_ bytes: [UInt8], of ceremony: Ceremony, for site: RelyingParty) throws(PasskeyError) {
        guard bytes.count <= 8_192, let root = (try? JSONDocument(parsing: bytes))?.root, root.kind == .object else {
            throw PasskeyError(.malformed)
        }
        guard let type = root["type"]?.string else { throw PasskeyError(.malformed) }
        guard type == ceremony.rawValue else { throw PasskeyError(.wrongType) }
        guard let text = root["challenge"]?.string, let challenge = Base64URL.decode(text) else {
            throw PasskeyError(.malformed)
        }
        guard root["origin"]?.string == site.origin else { throw PasskeyError(.wrongOrigin) }
        try Self.checkFrame(root, site)
        // This server binds nothing to connections: only that a browser could do so is no harm.
        if let binding = root["tokenBinding"], !(binding["status"]?.equals("supported") ?? false) {
            throw PasskeyError(.tokenBinding)
        }
        self.challenge = challenge
        hash = Array(SHA256.hash(data: bytes))
    }

    private static func checkFrame(_ root: JSONNode, _ site: RelyingParty) throws(PasskeyError) {
        if let crossOrigin = root["crossOrigin"] {
            guard let isCross = crossOrigin.bool else { throw PasskeyError(.malformed) }
            guard !isCross || site.allowsFrames else { throw PasskeyError(.crossOrigin) }
        }
        if let top = root["topOrigin"] {
            guard let top = top.string, site.topOrigins.contains(top) else { throw PasskeyError(.crossOrigin) }
        }
    }
}
