/// Why a passkey was not taken. Its description is safe to log and to send: it names rules, never what was sent.
public struct PasskeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code

    /// Kinds of fault. Source: Web Authentication level 2, §7.1 and §7.2.
    public enum Code: Sendable, Hashable {
        /// It is no answer of an authenticator.
        case malformed
        /// The browser was asked for something else.
        case wrongType
        /// It answers another challenge, or one that is too old or was used.
        case wrongChallenge
        /// It was made on another site.
        case wrongOrigin
        /// It was made in a frame of another site.
        case crossOrigin
        /// It is bound to a TLS connection in a way that is not used here.
        case tokenBinding
        /// It was made for another site's name.
        case wrongRelyingParty
        /// Nobody touched the authenticator.
        case userNotPresent
        /// The authenticator did not ask who touches it: no PIN, no finger.
        case userNotVerified
        /// It says that it is backed up and that it cannot be; or whether it can be has changed.
        case backupState
        /// The key is for an algorithm that is not supported: its name.
        case unsupportedAlgorithm(String)
        /// The key is not one of its algorithm.
        case unusableKey
        /// The attestation has a format that is not supported: its name.
        case unsupportedAttestation(String)
        /// The attestation does not hold.
        case attestationInvalid
        /// The attestation leads to no authority that is trusted here.
        case attestationUntrusted
        /// The signature is not the key's.
        case signatureInvalid
        /// No account has this passkey, or not this one.
        case unknownPasskey
        /// The passkey is registered.
        case alreadyRegistered
        /// The account has as many as it may have.
        case tooMany
        /// A passkey is demanded of the account, and it has no other.
        case lastOne
        /// The session's proof of who it is is too old, or not enough, for this.
        case proofNeeded
        /// The server is reached by an address alone, and passkeys are bound to a name.
        case noName
        /// The store or the audit log cannot be used; nothing was changed.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    /// The server is reached by an address alone.
    public static let noName = PasskeyError(.noName)

    public var description: String {
        switch code {
        case .malformed: "this is no answer of an authenticator"
        case .wrongType: "the answer is to another question"
        case .wrongChallenge: "the answer came too late, or was used; begin again"
        case .wrongOrigin: "the answer was made on another site"
        case .crossOrigin: "the answer was made in a frame of another site"
        case .tokenBinding: "the answer is bound to a connection"
        case .wrongRelyingParty: "the passkey is for another site"
        case .userNotPresent: "nobody touched the authenticator"
        case .userNotVerified: "the authenticator did not ask for a PIN, a finger or a face"
        case .backupState: "what the authenticator says of its backup cannot be"
        case .unsupportedAlgorithm(let name): "\(name) is not supported; ES256, EdDSA (Ed25519) and RS256 are"
        case .unusableKey: "the key is not one of its algorithm"
        case .unsupportedAttestation(let name): "attestation \(name) is not supported; none and packed are"
        case .attestationInvalid: "the attestation does not hold"
        case .attestationUntrusted: "the authenticator is of no maker that is trusted here"
        case .signatureInvalid: "the signature is not the passkey's"
        case .unknownPasskey: "the passkey is not known"
        case .alreadyRegistered: "the passkey is registered already"
        case .tooMany: "the account has as many passkeys as it may have"
        case .lastOne: "a passkey is demanded, and this is the only one; add another first"
        case .proofNeeded: "show first, once more, who you are"
        case .noName:
            "there are no passkeys at a bare address; the server must be reached by a DNS name, which `server.public_authority` says"
        case .unavailable: "passkeys cannot be read or written now"
        }
    }
}
