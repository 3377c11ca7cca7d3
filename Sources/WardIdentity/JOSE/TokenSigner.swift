public import Crypto
internal import WardFHIR

/// Signs this server's own tokens with ES256, under keys that are derived from those of the tenant: no private key lies
/// in any store, and the keys change when the tenant's do.
public struct TokenSigner: Sendable {
    private let key: P256.Signing.PrivateKey
    private let keyID: String
    /// The public keys, as `/auth/jwks` shows them.
    public let publicKeys: [UInt8]
    /// The same, to verify with.
    let keySet: JSONWebKeySet

    /// A signer.
    /// - Parameter secrets: the tenant's keys for signing tokens, the newest first; the older ones verify only.
    public init(secrets: [SymmetricKey]) {
        precondition(!secrets.isEmpty, "a signer needs a key")
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

    /// A token in compact form with these claims.
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
