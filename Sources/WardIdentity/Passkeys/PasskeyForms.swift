/// What the script of a page is told when it shall ask for a passkey.
public struct PasskeyQuestion: Sendable, Hashable {
    /// The site's name.
    public let site: String
    /// In base64url. It is no secret, and works once, for five minutes, for whom it was made.
    public let challenge: String
}

/// What the script of a page is told when it shall have a passkey made.
public struct PasskeyOffer: Sendable, Hashable {
    /// Site and challenge.
    public let question: PasskeyQuestion
    /// What the authenticator keeps as the account's name, in base64url: its id, which says nothing of the person.
    public let handle: String
    /// The name by which the person signs in.
    public let name: String
    /// The credentials that the account has, in base64url, so that none is made twice on one authenticator.
    public let registered: [String]
    /// Whether its maker must vouch for it.
    public let asksForAttestation: Bool
    /// The algorithms, the best first, by their COSE numbers.
    public let algorithms: [Int64]
}

/// What a page sends that had a passkey made.
public struct MadePasskey: Sendable {
    let answer: RegistrationAnswer
    let label: String

    /// Fails unless the fields are base64url and the label is short.
    public init?(clientData: String, attestation: String, label: String) {
        guard let client = Base64URL.decode(clientData), !client.isEmpty, let object = Base64URL.decode(attestation),
            !object.isEmpty, label.unicodeScalars.count <= 64,
            label.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        answer = RegistrationAnswer(clientData: client, attestation: object)
        self.label = label.isEmpty ? "Passkey" : Normalisation.nfc(label)
    }
}

/// What a page sends that had a passkey show itself.
public struct PasskeyProof: Sendable {
    let answer: AssertionAnswer

    /// Fails unless the fields are base64url; the user handle may be empty.
    public init?(credential: String, clientData: String, authenticatorData: String, signature: String, userHandle: String) {
        let fields = [credential, clientData, authenticatorData, signature, userHandle].map { Base64URL.decode($0) }
        guard let credential = fields[0], (1...1_023).contains(credential.count), let client = fields[1],
            let data = fields[2], let signature = fields[3], signature.count <= 1_024, let handle = fields[4]
        else { return nil }
        answer = AssertionAnswer(
            credential: credential, clientData: client, authenticatorData: data, signature: signature,
            userHandle: handle.isEmpty ? nil : handle)
    }
}
