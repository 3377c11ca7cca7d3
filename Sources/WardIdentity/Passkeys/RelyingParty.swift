internal import Crypto

/// The site that passkeys are for, as browsers know it.
struct RelyingParty: Sendable, Hashable {
    /// The host's name: what passkeys are bound to.
    let id: String
    /// `https://` and the authority, with its port where it is not 443.
    let origin: String
    /// Whether an answer may come from a frame of another site; never here.
    var allowsFrames = false
    /// The sites that may hold such a frame; none here.
    var topOrigins: Set<String> = []

    init(id: String, origin: String) {
        self.id = id
        self.origin = origin
    }

    /// The site of a server that is reached at this name and port, such as `ward.example.org` or `localhost:8443`. Nil
    /// where it is reached by an address: passkeys need a name.
    init?(authority: String) {
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, let last = host.split(separator: ".").last,
            last.contains(where: { !$0.isNumber })
        else { return nil }
        let port = parts.count == 2 && parts[1] != "443" ? ":\(parts[1])" : ""
        self.init(id: host.lowercased(), origin: "https://\(host.lowercased())\(port)")
    }

    /// What the authenticator must say that the passkey is for.
    var hash: [UInt8] { Array(SHA256.hash(data: Array(id.utf8))) }

    /// What every answer of an authenticator must show, whatever it is for.
    func check(_ data: AuthenticatorData, requiresUserVerification: Bool) throws(PasskeyError) {
        guard ConstantTime.equal(data.relyingPartyHash, hash) else { throw PasskeyError(.wrongRelyingParty) }
        guard data.flags.contains(.userPresent) else { throw PasskeyError(.userNotPresent) }
        guard !requiresUserVerification || data.flags.contains(.userVerified) else {
            throw PasskeyError(.userNotVerified)
        }
        guard !data.flags.contains(.backedUp) || data.flags.contains(.backupEligible) else {
            throw PasskeyError(.backupState)
        }
    }
}
