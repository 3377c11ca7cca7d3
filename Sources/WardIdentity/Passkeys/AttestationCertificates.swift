internal import Crypto
internal import CryptoExtras
internal import SwiftASN1
internal import X509

/// The certificates of an attestation, the authenticator's own first. Source: Web Authentication level 2, §8.2.1.
struct AttestationCertificates: Sendable {
    private let leaf: Certificate
    private let others: [Certificate]

    /// Reads certificates in DER.
    init(_ texts: [[UInt8]?]) throws(PasskeyError) {
        let read = texts.compactMap { $0 }.compactMap { try? Certificate(derEncoded: $0) }
        guard read.count == texts.count, let first = read.first else { throw PasskeyError(.attestationInvalid) }
        leaf = first
        others = Array(read.dropFirst())
    }

    /// Whether `signature` is the leaf's over `message`, by the algorithm that the statement names.
    func verifies(_ signature: [UInt8], over message: [UInt8], by algorithm: COSEKey.Algorithm) -> Bool {
        switch algorithm {
        case .es256:
            guard let key = P256.Signing.PublicKey(leaf.publicKey),
                let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: message)
        case .eddsa:
            return Curve25519.Signing.PublicKey(leaf.publicKey)?.isValidSignature(signature, for: message) ?? false
        case .rs256:
            guard let key = _RSA.Signing.PublicKey(leaf.publicKey), key.keySizeInBits >= 2_048 else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message),
                padding: .insecurePKCS1v1_5)
        }
    }

    /// Whether the leaf has the form of one for attestation, and is for this model where it names one.
    func isOfAttestation(model: [UInt8]) -> Bool {
        guard leaf.version == .v3, case .notCertificateAuthority? = try? leaf.extensions.basicConstraints,
            Self.subject(leaf, Self.country).map({ $0.utf8.count == 2 }) ?? false,
            !(Self.subject(leaf, Self.organization) ?? "").isEmpty,
            Self.subject(leaf, Self.unit) == "Authenticator Attestation",
            !(Self.subject(leaf, Self.commonName) ?? "").isEmpty
        else { return false }
        guard let named = leaf.extensions[oid: Self.modelExtension] else { return true }
        // An OCTET STRING of sixteen bytes.
        return !named.critical && Array(named.value) == [4, 16] + model
    }

    /// Whether the certificates lead to one of these roots today.
    func leads(to roots: [[UInt8]]) async -> Bool {
        let trusted = roots.compactMap { try? Certificate(derEncoded: $0) }
        // A maker may be trusted by the very certificate of a model.
        if trusted.contains(leaf) { return true }
        var verifier = Verifier(rootCertificates: CertificateStore(trusted)) {
            RFC5280Policy()
        }
        let result = await verifier.validate(leaf: leaf, intermediates: CertificateStore(others))
        if case .validCertificate = result { return true }
        return false
    }

    /// The certificates in PEM text, in DER; nil where there is none, or one that is broken.
    static func roots(_ text: String) -> [[UInt8]]? {
        guard let documents = try? PEMDocument.parseMultiple(pemString: text), !documents.isEmpty,
            documents.allSatisfy({ $0.discriminator == "CERTIFICATE" && (try? Certificate(derEncoded: $0.derBytes)) != nil })
        else { return nil }
        return documents.map(\.derBytes)
    }

    private static func subject(_ certificate: Certificate, _ kind: ASN1ObjectIdentifier) -> String? {
        for name in certificate.subject {
            for attribute in name where attribute.type == kind { return String(describing: attribute.value) }
        }
        return nil
    }

    private static let country: ASN1ObjectIdentifier = [2, 5, 4, 6]
    private static let organization: ASN1ObjectIdentifier = [2, 5, 4, 10]
    private static let unit: ASN1ObjectIdentifier = [2, 5, 4, 11]
    private static let commonName: ASN1ObjectIdentifier = [2, 5, 4, 3]
    /// id-fido-gen-ce-aaguid.
    private static let modelExtension: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 45_724, 1, 1, 4]
}
