internal import Crypto
internal import NIOCore
internal import NIOSSL

/// The certificate that a client showed at the handshake. Whoever signed it is of no matter: that the client has its key was
/// proved there, and tokens are bound to it by its fingerprint. Source: RFC 8705 §3.
enum ClientCertificate {
    /// SHA-256 of the certificate, DER; nil where the connection showed none.
    static func fingerprint(on channel: any Channel) async -> [UInt8]? {
        // A stream of HTTP/2 is a channel of its own; TLS is its parent's.
        for place in [channel, channel.parent].compactMap({ $0 }) {
            guard let certificate = try? await place.nioSSL_peerCertificate().get(), let bytes = try? certificate.toDERBytes()
            else { continue }
            return Array(SHA256.hash(data: bytes))
        }
        return nil
    }
}
