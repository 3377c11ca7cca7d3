/// What an authenticator answers when it has made a key.
struct RegistrationAnswer: Sendable {
    var clientData: [UInt8]
    var attestation: [UInt8]
}

/// A new key that passed every check.
struct RegisteredKey: Sendable {
    let id: [UInt8]
    /// As CBOR.
    let key: [UInt8]
    let model: [UInt8]
    let counter: UInt32
    let isUserVerified: Bool
    let isBackupEligible: Bool
    let isBackedUp: Bool
    /// Whether its maker vouched for it.
    let isAttested: Bool
}

extension RelyingParty {
    /// Checks the answer to a registration. Source: Web Authentication level 2, §7.1.
    /// - Parameter expected: the challenge that the browser was given.
    func register(
        _ answer: RegistrationAnswer, challenge expected: [UInt8], requiresUserVerification: Bool,
        attestation policy: AttestationPolicy
    ) async throws(PasskeyError) -> RegisteredKey {
        let client = try ClientData(answer.clientData, of: .registration, for: self)
        guard ConstantTime.equal(client.challenge, expected) else { throw PasskeyError(.wrongChallenge) }
        guard answer.attestation.count <= 65_536 else { throw PasskeyError(.malformed) }
        let object = try CBOR(answer.attestation)
        guard object.count == 3, let format = object["fmt"]?.text, let statement = object["attStmt"],
            let bytes = object["authData"]?.bytes
        else { throw PasskeyError(.malformed) }
        let data = try AuthenticatorData(bytes)
        try check(data, requiresUserVerification: requiresUserVerification)
        guard let credential = data.credential else { throw PasskeyError(.malformed) }
        let key = try COSEKey(try CBOR(credential.key))
        let isAttested = try await Attestation(
            format: format, statement: statement, authenticatorData: bytes, clientDataHash: client.hash, key: key,
            model: credential.model
        ).verified(policy)
        return RegisteredKey(
            id: credential.id, key: credential.key, model: credential.model, counter: data.counter,
            isUserVerified: data.flags.contains(.userVerified), isBackupEligible: data.flags.contains(.backupEligible),
            isBackedUp: data.flags.contains(.backedUp), isAttested: isAttested)
    }
}
