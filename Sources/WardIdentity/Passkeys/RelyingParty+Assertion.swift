/// What an authenticator answers when it proves that it holds a key.
struct AssertionAnswer: Sendable {
    var credential: [UInt8]
    var clientData: [UInt8]
    var authenticatorData: [UInt8]
    var signature: [UInt8]
    /// What the authenticator keeps as the account's name; nil where it keeps none.
    var userHandle: [UInt8]?
}

/// A key that was proved, and what has changed of it.
struct ProvedKey: Sendable, Hashable {
    let isUserVerified: Bool
    let isBackedUp: Bool
    let counter: UInt32
    /// The count did not rise, though there is one: perhaps there are two of the key. A sign, no proof.
    let isCounterBack: Bool
}

extension RelyingParty {
    /// Checks the answer to a sign-in. Which key it is, and whose, is checked before. Source: Web Authentication level 2,
    /// §7.2.
    func prove(
        _ answer: AssertionAnswer, challenge expected: [UInt8], key: [UInt8], counter: UInt32, isBackupEligible: Bool,
        requiresUserVerification: Bool
    ) throws(PasskeyError) -> ProvedKey {
        let client = try ClientData(answer.clientData, of: .assertion, for: self)
        guard ConstantTime.equal(client.challenge, expected) else { throw PasskeyError(.wrongChallenge) }
        let data = try AuthenticatorData(answer.authenticatorData)
        try check(data, requiresUserVerification: requiresUserVerification)
        guard data.credential == nil else { throw PasskeyError(.malformed) }
        guard data.flags.contains(.backupEligible) == isBackupEligible else { throw PasskeyError(.backupState) }
        guard try COSEKey(try CBOR(key)).verifies(answer.signature, over: answer.authenticatorData + client.hash) else {
            throw PasskeyError(.signatureInvalid)
        }
        return ProvedKey(
            isUserVerified: data.flags.contains(.userVerified), isBackedUp: data.flags.contains(.backedUp),
            counter: data.counter, isCounterBack: (data.counter > 0 || counter > 0) && data.counter <= counter)
    }
}
