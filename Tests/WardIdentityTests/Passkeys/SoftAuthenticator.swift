import Crypto
import Testing

@testable import WardIdentity

/// An authenticator in memory: answers as a browser and a security key together do.
struct SoftAuthenticator {
    let key = P256.Signing.PrivateKey()
    let id = SecureRandom.bytes(32)
    var origin = "https://ward.example.org"
    var isVerifying = true
    var counter: UInt32 = 0
    /// Backed up and able to be.
    var isSynced = false

    func flags(_ more: UInt8) -> UInt8 { 1 | (isVerifying ? 4 : 0) | (isSynced ? 0x18 : 0) | more }

    private func clientData(_ type: String, _ challenge: String) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)","crossOrigin":false}"#.utf8)
    }

    private func head(_ site: String, _ flags: UInt8) -> [UInt8] {
        Array(SHA256.hash(data: Array(site.utf8))) + [flags] + (0..<4).map { UInt8(truncatingIfNeeded: counter >> (24 - 8 * $0)) }
    }

    /// The answer to an offer, with no attestation.
    func make(_ offer: PasskeyOffer, label: String = "") throws -> MadePasskey {
        let point = Array(key.publicKey.rawRepresentation)
        let cose: [UInt8] = [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32] + point[..<32] + [0x22, 0x58, 32] + point[32...]
        let data = head(offer.question.site, flags(0x40)) + [UInt8](repeating: 0, count: 16) + [0, 32] + id + cose
        let object = [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8) + [0xA0, 0x68]
            + Array("authData".utf8) + [0x58, UInt8(data.count)] + data
        return try #require(
            MadePasskey(
                clientData: Base64URL.encode(clientData("webauthn.create", offer.question.challenge)),
                attestation: Base64URL.encode(object), label: label))
    }

    /// The answer to a question; `handle`: what it keeps as the account's name.
    mutating func show(_ question: PasskeyQuestion, handle: String) throws -> PasskeyProof {
        let client = clientData("webauthn.get", question.challenge)
        if counter > 0 { counter += 1 }
        let data = head(question.site, flags(0))
        let signature = try key.signature(for: data + Array(SHA256.hash(data: client)))
        return try #require(
            PasskeyProof(
                credential: Base64URL.encode(id), clientData: Base64URL.encode(client),
                authenticatorData: Base64URL.encode(data), signature: Base64URL.encode(signature.derRepresentation),
                userHandle: handle))
    }
}
