#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import Crypto
internal import NIOCore
internal import NIOSSL
internal import SwiftASN1
internal import Synchronization
internal import X509
public import WardPHI

/// Holds the certificate that new connections get, and changes it while the server runs.
///
/// Connections that are open keep what they began with. A pair of files that cannot be used changes nothing.
public final class CertificateStore: Sendable {
    private let files: CertificateFiles
    private let asksClients: Bool
    private let now: @Sendable () -> Int64
    private let current: Mutex<Loaded>

    private struct Loaded {
        var context: NIOSSLContext
        var status: Status
    }

    /// What is in use, fit for a log: nothing of it is secret.
    public struct Status: Sendable, Hashable {
        /// SHA-256 of the leaf, hexadecimal.
        public var fingerprint: String
        /// Microseconds since 1970-01-01T00:00:00Z.
        public var expires: Int64
    }

    /// Loads `files`, or throws what is wrong with them.
    /// - Parameters:
    ///   - asksClients: whether clients are asked for a certificate too, which they may leave out.
    ///   - now: gives microseconds since 1970-01-01T00:00:00Z.
    public init(
        files: CertificateFiles, asksClients: Bool = false, now: @escaping @Sendable () -> Int64 = { Timestamp.now() }
    ) throws(TLSError) {
        self.files = files
        self.asksClients = asksClients
        self.now = now
        current = Mutex(try Self.load(files, asksClients, now: now()))
    }

    /// The certificate in use.
    public var status: Status { current.withLock { $0.status } }

    /// Reads the files again. When they cannot be used, throws why and keeps what is in use.
    public func reload() throws(TLSError) {
        let loaded = try Self.load(files, asksClients, now: now())
        current.withLock { $0 = loaded }
    }

    /// The context for a new connection.
    var context: NIOSSLContext { current.withLock { $0.context } }

    private static func load(
        _ files: CertificateFiles, _ asksClients: Bool, now: Int64
    ) throws(TLSError) -> Loaded {
        let chain = try PrivateFile.read(files.certificatePath)
        let key = try PrivateFile.read(files.keyPath)
        guard key.mode & 0o007 == 0 else { throw TLSError(.keyExposed, files.keyPath) }
        let leaf = try check(chain.bytes, key.bytes, files, now: now)
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMBytes(chain.bytes) } catch {
            throw TLSError(.badCertificate, files.certificatePath)
        }
        do {
            let privateKey = try NIOSSLPrivateKey(bytes: key.bytes, format: .pem)
            let context = try NIOSSLContext(configuration: configuration(certificates, privateKey, asksClients))
            return Loaded(context: context, status: leaf)
        } catch {
            throw TLSError(.refused, files.certificatePath)
        }
    }

    /// Checks what the TLS library does not: that the key belongs to the leaf, and that the leaf is valid now.
    private static func check(
        _ chain: [UInt8], _ key: [UInt8], _ files: CertificateFiles, now: Int64
    ) throws(TLSError) -> Status {
        let leaf: Certificate
        let bytes: [UInt8]
        do {
            let documents = try PEMDocument.parseMultiple(pemString: String(decoding: chain, as: UTF8.self))
            guard let first = documents.first else { throw TLSError(.badCertificate, files.certificatePath) }
            leaf = try Certificate(pemDocument: first)
            bytes = first.derBytes
        } catch {
            throw TLSError(.badCertificate, files.certificatePath)
        }
        let privateKey: Certificate.PrivateKey
        do { privateKey = try Certificate.PrivateKey(pemEncoded: String(decoding: key, as: UTF8.self)) } catch {
            throw TLSError(.badKey, files.keyPath)
        }
        guard privateKey.publicKey == leaf.publicKey else { throw TLSError(.keyMismatch, files.keyPath) }
        let date = Date(timeIntervalSince1970: Double(now) / 1e6)
        guard date <= leaf.notValidAfter else { throw TLSError(.expired, files.certificatePath) }
        guard date >= leaf.notValidBefore else { throw TLSError(.notYetValid, files.certificatePath) }
        return Status(
            fingerprint: SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
            expires: Int64(leaf.notValidAfter.timeIntervalSince1970 * 1e6))
    }

    /// TLS 1.2 and 1.3 only; forward secrecy and authenticated encryption only. Source: NIST SP 800-52r2 §3.3.1,
    /// RFC 9325 §4.2.
    private static func configuration(
        _ certificates: [NIOSSLCertificate], _ key: NIOSSLPrivateKey, _ asksClients: Bool
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        configuration.cipherSuites = [
            "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        ].joined(separator: ":")
        if asksClients { configuration.certificateVerification = .optionalVerification }
        configuration.renegotiationSupport = .none
        configuration.applicationProtocols = ["h2", "http/1.1"]
        // How long to wait for a client's farewell; many never say it.
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }
}
