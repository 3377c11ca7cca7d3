internal import Crypto
internal import CryptoExtras
internal import WardFHIR

/// A public key of somebody who signs tokens, with the algorithms that it may be used with.
///
/// Source: RFC 7517, RFC 7518 §6. Refused: symmetric and private keys, keys for encryption, RSA under 2048 bits,
/// curves other than P-256, P-384 and P-521.
struct JSONWebKey: Sendable {
    /// `kid`.
    let id: String
    /// Of the key's kind, and where the key says `alg`, that one alone.
    let algorithms: Set<SignatureAlgorithm>
    private let material: Material

    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
    }

    /// Reads a key.
    init(_ node: JSONNode) throws(JOSEError) {
        guard node.kind == .object, let id = node["kid"]?.string, (1...256).contains(id.utf8.count),
            node["d"] == nil, node["k"] == nil, node["use"].map({ $0.equals("sig") }) ?? true,
            node["key_ops"].map({ $0.elements.contains { $0.equals("verify") } }) ?? true
        else { throw JOSEError(.unusableKey) }
        self.id = id
        let kinds: Set<SignatureAlgorithm>
        (material, kinds) = try Self.material(node)
        guard let name = node["alg"] else {
            algorithms = kinds
            return
        }
        guard let algorithm = name.string.flatMap(SignatureAlgorithm.init(rawValue:)), kinds.contains(algorithm) else {
            throw JOSEError(.unusableKey)
        }
        algorithms = [algorithm]
    }

    private static func material(_ node: JSONNode) throws(JOSEError) -> (Material, Set<SignatureAlgorithm>) {
        do {
            switch (node["kty"]?.string, node["crv"]?.string) {
            case ("RSA", _):
                return (.rsa(try rsa(node)), [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512])
            case ("EC", "P-256"):
                return (.p256(try P256.Signing.PublicKey(x963Representation: point(node, 32))), [.es256])
            case ("EC", "P-384"):
                return (.p384(try P384.Signing.PublicKey(x963Representation: point(node, 48))), [.es384])
            case ("EC", "P-521"):
                return (.p521(try P521.Signing.PublicKey(x963Representation: point(node, 66))), [.es512])
            default: throw JOSEError(.unusableKey)
            }
        } catch {
            throw JOSEError(.unusableKey)
        }
    }

    private static func rsa(_ node: JSONNode) throws -> _RSA.Signing.PublicKey {
        guard let n = node["n"]?.string.flatMap({ Base64URL.decode($0) }), let first = n.first, first != 0,
            let e = node["e"]?.string.flatMap({ Base64URL.decode($0) }), e.count <= 4, e != [3],
            (256...1_024).contains(n.count), n.count > 256 || first >= 0x80
        else { throw JOSEError(.unusableKey) }
        return try _RSA.Signing.PublicKey(n: n, e: e)
    }

    private static func point(_ node: JSONNode, _ width: Int) throws -> [UInt8] {
        guard let x = node["x"]?.string.flatMap({ Base64URL.decode($0) }), x.count == width,
            let y = node["y"]?.string.flatMap({ Base64URL.decode($0) }), y.count == width
        else { throw JOSEError(.unusableKey) }
        return [4] + x + y
    }

    /// Whether `signature` is this key's over `message`, by an algorithm that the key may be used with.
    func verifies(_ signature: [UInt8], over message: [UInt8], by algorithm: SignatureAlgorithm) -> Bool {
        guard algorithms.contains(algorithm) else { return false }
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .rsa(let key):
            return Self.verifies(key, _RSA.Signing.RSASignature(rawRepresentation: signature), message, algorithm)
        }
    }

    private static func verifies(
        _ key: _RSA.Signing.PublicKey, _ signature: _RSA.Signing.RSASignature, _ message: [UInt8],
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        switch algorithm {
        case .rs256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
        case .rs512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
        case .ps256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
        case .ps384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
        case .ps512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
        case .es256, .es384, .es512: false
        }
    }
}
