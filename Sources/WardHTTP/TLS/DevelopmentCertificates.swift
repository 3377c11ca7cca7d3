internal import Crypto
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
internal import SwiftASN1
internal import X509

/// Makes what a development home needs for TLS: an authority of its own and a certificate for this machine.
///
/// The folder holds `ca.pem` (to be trusted by clients), `ca-key.pem`, `cert.pem` and `key.pem`; keys have mode 0600.
/// The authority may vouch for no domain names but this machine's (RFC 5280 §4.2.1.10), so that trusting it risks
/// little else; IP addresses are left out of that constraint because BoringSSL, and so every Swift client, refuses
/// chains that have it. What is missing, damaged, near its end or made for other names is made anew; a certificate that
/// is good is left alone.
public struct DevelopmentCertificates: Sendable {
    /// The authority's certificate, for clients to trust.
    public var authorityPath: String { folder + "/ca.pem" }
    /// What the server needs.
    public var files: CertificateFiles {
        CertificateFiles(certificatePath: folder + "/cert.pem", keyPath: folder + "/key.pem")
    }
    private let folder: String
    private let names: [String]

    /// Certificates in `folder` for `localhost`, 127.0.0.1, ::1 and `names`; the machine's own name when nil.
    public init(folder: String, names: [String]? = nil) {
        self.folder = folder
        var all = ["localhost"]
        for name in names ?? PrivateFile.hostName().map({ [$0] }) ?? [] where !all.contains(name) { all.append(name) }
        self.names = all
    }

    /// Makes what is missing or near its end. Returns whether anything was made.
    @discardableResult
    public func ensure(now: Date = Date()) throws(TLSError) -> Bool {
        try PrivateFile.makeFolder(folder)
        if isCurrent(now: now) { return false }
        do {
            let authority = try loadAuthority(now: now) ?? makeAuthority(now: now)
            try makeLeaf(authority, now: now)
        } catch let error as TLSError {
            throw error
        } catch {
            throw TLSError(.issuing, folder)
        }
        return true
    }

    private typealias Authority = (certificate: Certificate, key: P256.Signing.PrivateKey)

    private static let day: TimeInterval = 86_400
    private static let leafLifetime = 397 * day
    private static let authorityLifetime = 3_650 * day
    private static let margin = 30 * day

    /// Whether authority and leaf are whole, belong together, carry every name, and last for the margin.
    private func isCurrent(now: Date) -> Bool {
        guard
            let authority = try? loadAuthority(now: now),
            let leaf = try? Self.certificate(at: files.certificatePath),
            let key = try? PrivateFile.read(files.keyPath), key.mode & 0o077 == 0,
            let privateKey = try? Self.key(key.bytes),
            leaf.publicKey == .init(privateKey.publicKey),
            authority.certificate.publicKey.isValidSignature(leaf.signature, for: leaf),
            leaf.notValidBefore <= now, leaf.notValidAfter > now + Self.margin,
            let alternatives = try? leaf.extensions.subjectAlternativeNames
        else { return false }
        return names.allSatisfy { alternatives.contains(.dnsName($0)) }
    }

    private func loadAuthority(now: Date) throws(TLSError) -> Authority? {
        guard
            let certificate = try? Self.certificate(at: authorityPath),
            let file = try? PrivateFile.read(folder + "/ca-key.pem"), file.mode & 0o077 == 0,
            let key = try? Self.key(file.bytes),
            certificate.publicKey == .init(key.publicKey),
            certificate.notValidBefore <= now, certificate.notValidAfter > now + Self.leafLifetime,
            let constraints = try? certificate.extensions.nameConstraints,
            names.allSatisfy({ constraints.permittedDNSDomains.contains($0) })
        else { return nil }
        return (certificate, key)
    }

    private static func certificate(at path: String) throws -> Certificate {
        try Certificate(pemEncoded: String(decoding: PrivateFile.read(path).bytes, as: UTF8.self))
    }

    private static func key(_ pem: [UInt8]) throws -> P256.Signing.PrivateKey {
        try P256.Signing.PrivateKey(pemRepresentation: String(decoding: pem, as: UTF8.self))
    }

    private func makeAuthority(now: Date) throws -> Authority {
        let key = P256.Signing.PrivateKey()
        let serial = Certificate.SerialNumber()
        let name = try DistinguishedName {
            CommonName("Ward development authority \(serial.bytes.prefix(4).map { String($0, radix: 16) }.joined())")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: serial, publicKey: .init(key.publicKey),
            notValidBefore: now - 3_600, notValidAfter: now + Self.authorityLifetime,
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
                Critical(NameConstraints(permittedSubtrees: names.map { .dnsName($0) }))
            },
            issuerPrivateKey: .init(key))
        try PrivateFile.write(key.pemRepresentation + "\n", to: folder + "/ca-key.pem", mode: 0o600)
        try PrivateFile.write(certificate.serializeAsPEM().pemString + "\n", to: authorityPath, mode: 0o644)
        return (certificate, key)
    }

    private func makeLeaf(_ authority: Authority, now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now - 3_600, notValidAfter: now + Self.leafLifetime,
            issuer: authority.certificate.subject, subject: try DistinguishedName { CommonName(names[0]) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map { .dnsName($0) } + Self.addresses)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: .init(authority.key.publicKey)).keyIdentifier)
            },
            issuerPrivateKey: .init(authority.key))
        try PrivateFile.write(key.pemRepresentation + "\n", to: files.keyPath, mode: 0o600)
        try PrivateFile.write(certificate.serializeAsPEM().pemString + "\n", to: files.certificatePath, mode: 0o644)
    }

    private static let loopback6: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]
    private static let addresses: [GeneralName] = [
        .ipAddress(.init(contentBytes: [127, 0, 0, 1])), .ipAddress(.init(contentBytes: loopback6[...])),
    ]
}
