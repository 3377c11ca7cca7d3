public import Crypto
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import SwiftASN1
internal import X509

/// A certificate authority for tests: makes server certificates that are good, expired, or for the wrong name.
///
/// Everything is P-256 and lives in memory, as PEM text.
public struct TestPKI: Sendable {
    /// The authority's certificate, PEM.
    public let authorityPEM: String
    private let key: P256.Signing.PrivateKey
    private let name: DistinguishedName

    /// A server's certificate and its private key, both PEM.
    public struct Leaf: Sendable {
        /// The certificate, PEM.
        public var certificatePEM: String
        /// The private key, PEM (PKCS #8).
        public var keyPEM: String
    }

    /// A new authority, valid from an hour before `now` for ten years.
    public init(name: String = "Ward test authority", now: Date = Date()) throws {
        key = P256.Signing.PrivateKey()
        self.name = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now - 3_600, notValidAfter: now + 86_400 * 3_650,
            issuer: self.name, subject: self.name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: .init(key))
        authorityPEM = try certificate.serializeAsPEM().pemString
    }

    /// A server certificate for `names` (DNS), 127.0.0.1 and ::1; `key` is made when not given.
    public func leaf(
        names: [String] = ["localhost"], from: Date = Date() - 3_600, until: Date = Date() + 86_400,
        key: P256.Signing.PrivateKey = .init()
    ) throws -> Leaf {
        let addresses: [GeneralName] = [
            .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
            .ipAddress(.init(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
        ]
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: from, notValidAfter: until,
            issuer: name, subject: try DistinguishedName { CommonName(names.first ?? "localhost") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map { .dnsName($0) } + addresses)
            },
            issuerPrivateKey: .init(self.key))
        return Leaf(certificatePEM: try certificate.serializeAsPEM().pemString, keyPEM: key.pemRepresentation)
    }
}
