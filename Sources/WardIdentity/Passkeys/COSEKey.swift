internal import Crypto
internal import CryptoExtras

/// A passkey's public key: ES256, EdDSA with Ed25519, or RS256. Source: RFC 9052 §7, RFC 9053, RFC 8230;
/// Web Authentication level 2, §5.8.5 and §6.5.1.1.
struct COSEKey: Sendable {
    /// The algorithms that are asked for, the best first, by their COSE numbers.
    static let algorithms: [Int64] = [Algorithm.eddsa.rawValue, Algorithm.es256.rawValue, Algorithm.rs256.rawValue]

    enum Algorithm: Int64, Sendable, Hashable {
        case es256 = -7
        case eddsa = -8
        case rs256 = -257
    }

    let algorithm: Algorithm
    private let material: Material

    private enum Material: Sendable {
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    /// Reads a key that has exactly the members of its kind.
    init(_ value: CBOR) throws(PasskeyError) {
        guard let number = value[.integer(3)]?.integer else { throw PasskeyError(.malformed) }
        algorithm = try Self.algorithm(number)
        do {
            switch (algorithm, value[.integer(1)]?.integer, value.count) {
            case (.es256, 2, 5):
                guard value[.integer(-1)] == .integer(1), let x = value[.integer(-2)]?.bytes,
                    let y = value[.integer(-3)]?.bytes, x.count == 32, y.count == 32
                else { throw PasskeyError(.unusableKey) }
                material = .p256(try P256.Signing.PublicKey(x963Representation: [4] + x + y))
            case (.eddsa, 1, 4):
                guard value[.integer(-1)] == .integer(6), let x = value[.integer(-2)]?.bytes, x.count == 32 else {
                    throw PasskeyError(.unusableKey)
                }
                material = .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: x))
            case (.rs256, 3, 4):
                guard let n = value[.integer(-1)]?.bytes, let e = value[.integer(-2)]?.bytes,
                    (256...1_024).contains(n.count), let first = n.first, first != 0, n.count > 256 || first >= 0x80,
                    (1...4).contains(e.count), e != [3]
                else { throw PasskeyError(.unusableKey) }
                material = .rsa(try _RSA.Signing.PublicKey(n: n, e: e))
            default: throw PasskeyError(.unusableKey)
            }
        } catch {
            throw PasskeyError(.unusableKey)
        }
    }

    /// The algorithm of a COSE number.
    /// - Throws: ``PasskeyError`` with `.unsupportedAlgorithm` and its name.
    static func algorithm(_ number: Int64) throws(PasskeyError) -> Algorithm {
        guard let algorithm = Algorithm(rawValue: number) else {
            throw PasskeyError(.unsupportedAlgorithm(others[number] ?? "algorithm \(number)"))
        }
        return algorithm
    }

    /// Whether `signature` is this key's over `message`.
    func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .ed25519(let key): return key.isValidSignature(signature, for: message)
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message),
                padding: .insecurePKCS1v1_5)
        }
    }

    /// Names of the COSE registry of IANA, for refusals.
    private static let others: [Int64: String] = [
        -9: "ESP256", -19: "Ed25519 (-19)", -35: "ES384", -36: "ES512", -37: "PS256", -38: "PS384", -39: "PS512",
        -47: "ES256K", -48: "ML-DSA-44", -49: "ML-DSA-65", -50: "ML-DSA-87", -51: "ESP384", -52: "ESP512", -53: "Ed448",
        -258: "RS384", -259: "RS512", -65_535: "RS1",
    ]
}
