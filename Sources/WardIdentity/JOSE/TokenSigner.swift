public import Crypto
internal import Synchronization
internal import WardFHIR

/// Signs this server's own tokens with ES256, under keys that are derived from those of the tenant: no private key lies
/// in any store, and the keys change at the moment that the tenant's do.
public struct TokenSigner: Sendable {
    /// How long a key that signs no more must still verify: twice what a token lives.
    public static let verifyingTime = Duration.seconds(2 * AccessTokens.lifetimeSeconds)

    private let source: @Sendable () -> [SymmetricKey]
    private let current: CurrentKeys

    /// The public keys, as `/auth/jwks` shows them.
    public var publicKeys: [UInt8] { keys().publicKeys }

    /// The same, to verify with.
    var keySet: JSONWebKeySet { keys().keySet }

    /// A signer.
    /// - Parameter secrets: the tenant's keys for signing tokens, the newest first; the older ones verify only.
    public init(secrets: [SymmetricKey]) { self.init { secrets } }

    /// A signer whose keys are asked for each time.
    /// - Parameter source: as `secrets`; never empty.
    public init(following source: @escaping @Sendable () -> [SymmetricKey]) {
        self.source = source
        current = CurrentKeys(SigningKeys(source()))
    }

    /// A token in compact form with these claims.
    func sign(_ claims: [UInt8], type: String) throws -> String { try keys().sign(claims, type: type) }

    private func keys() -> SigningKeys {
        let secrets = source()
        return current.keys.withLock { keys in
            if keys.secrets != secrets { keys = SigningKeys(secrets) }
            return keys
        }
    }

    private final class CurrentKeys: Sendable {
        let keys: Mutex<SigningKeys>

        init(_ keys: SigningKeys) { self.keys = Mutex(keys) }
    }
}

/// The keys of a signer at one time.
private struct SigningKeys: Sendable {
    let secrets: [SymmetricKey]
    let publicKeys: [UInt8]
    let keySet: JSONWebKeySet
    private let key: P256.Signing.PrivateKey
    private let keyID: String

    init(_ secrets: [SymmetricKey]) {
        precondition(!secrets.isEmpty, "a signer needs a key")
        self.secrets = secrets
        let keys = secrets.map(Self.privateKey)
        key = keys[0]
        keyID = Self.thumbprint(keys[0].publicKey)
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.name("keys")
        writer.beginArray()
        for key in keys { Self.write(key.publicKey, &writer) }
        writer.endArray()
        writer.endObject()
        publicKeys = writer.bytes
        // Keys that were just written are read by the same rules: they cannot fail them.
        keySet = (try? JSONWebKeySet(json: publicKeys)) ?? JSONWebKeySet.none
    }

    func sign(_ claims: [UInt8], type: String) throws -> String {
        let header = #"{"alg":"ES256","kid":"\#(keyID)","typ":"\#(type)"}"#
        let message = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims)
        let signature = try key.signature(for: Array(message.utf8))
        return message + "." + Base64URL.encode(signature.rawRepresentation)
    }

    /// A scalar below the order of P-256, from 32 derived bytes; the first derivation serves but in one of 2^32 cases.
    private static func privateKey(_ secret: SymmetricKey) -> P256.Signing.PrivateKey {
        var counter: UInt8 = 0
        while true {
            let derived = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: secret, info: Array("ward/identity/es256/v1".utf8) + [counter], outputByteCount: 32)
            let bytes = derived.withUnsafeBytes { Array($0) }
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) { return key }
            counter += 1
        }
    }

    /// Source: RFC 7638 §3.
    private static func thumbprint(_ key: P256.Signing.PublicKey) -> String {
        let (x, y) = coordinates(key)
        return Base64URL.encode(SHA256.hash(data: Array(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#.utf8)))
    }

    private static func coordinates(_ key: P256.Signing.PublicKey) -> (x: String, y: String) {
        let raw = Array(key.rawRepresentation)
        return (Base64URL.encode(raw[..<32]), Base64URL.encode(raw[32...]))
    }

    private static func write(_ key: P256.Signing.PublicKey, _ writer: inout JSONWriter) {
        let (x, y) = coordinates(key)
        writer.beginObject()
        for (name, value) in [
            ("kty", "EC"), ("crv", "P-256"), ("alg", "ES256"), ("use", "sig"), ("kid", thumbprint(key)), ("x", x), ("y", y),
        ] {
            writer.name(name)
            writer.string(value)
        }
        writer.endObject()
    }
}
