/// What a new passkey's authenticator must show of who made it.
public struct AttestationPolicy: Sendable {
    /// The authorities of makers; nil: who made it does not matter. DER.
    let roots: [[UInt8]]?

    /// Who made it does not matter; what it shows of that must hold all the same.
    public static let none = AttestationPolicy(roots: nil)

    /// A packed attestation that leads to one of these certificates.
    public static func packed(roots: [[UInt8]]) -> AttestationPolicy { AttestationPolicy(roots: roots) }
}

extension AttestationPolicy {
    /// A packed attestation that leads to one of the certificates in PEM text; nil where there is none, or one that is
    /// broken.
    public init?(pem: [UInt8]) {
        guard let text = String(validating: pem, as: UTF8.self), let roots = AttestationCertificates.roots(text) else {
            return nil
        }
        self = .packed(roots: roots)
    }
}

/// The word of an authenticator on a key that it has made. Source: Web Authentication level 2, §6.5 and §8.2, §8.7.
struct Attestation: Sendable {
    let format: String
    let statement: CBOR
    let authenticatorData: [UInt8]
    let clientDataHash: [UInt8]
    let key: COSEKey
    let model: [UInt8]

    /// Formats of the registry of IANA, for refusals; a name of no registry is not said again.
    private static let others: Set<String> = [
        "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "compound",
    ]

    /// Whether a maker vouched for it, once it is what the policy asks for.
    func verified(_ policy: AttestationPolicy) async throws(PasskeyError) -> Bool {
        switch format {
        case "none":
            guard statement.count == 0, case .map = statement else { throw PasskeyError(.attestationInvalid) }
            guard policy.roots == nil else { throw PasskeyError(.attestationUntrusted) }
            return false
        case "packed":
            return try await packed(policy)
        default:
            throw PasskeyError(.unsupportedAttestation(Self.others.contains(format) ? format : "of another format"))
        }
    }

    private func packed(_ policy: AttestationPolicy) async throws(PasskeyError) -> Bool {
        guard let number = statement["alg"]?.integer, let signature = statement["sig"]?.bytes else {
            throw PasskeyError(.attestationInvalid)
        }
        let algorithm = try COSEKey.algorithm(number)
        let message = authenticatorData + clientDataHash
        guard let chain = statement["x5c"] else {
            // The key vouches for itself, which says nothing of its maker.
            guard statement.count == 2, algorithm == key.algorithm, key.verifies(signature, over: message) else {
                throw PasskeyError(.attestationInvalid)
            }
            guard policy.roots == nil else { throw PasskeyError(.attestationUntrusted) }
            return false
        }
        guard statement.count == 3, let texts = chain.elements, (1...8).contains(texts.count) else {
            throw PasskeyError(.attestationInvalid)
        }
        let certificates = try AttestationCertificates(texts.map(\.bytes))
        guard certificates.verifies(signature, over: message, by: algorithm), certificates.isOfAttestation(model: model)
        else { throw PasskeyError(.attestationInvalid) }
        guard let roots = policy.roots else { return false }
        guard await certificates.leads(to: roots) else { throw PasskeyError(.attestationUntrusted) }
        return true
    }
}
