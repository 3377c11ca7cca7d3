internal import WardDatabase
internal import WardVault

/// A passkey that was shown, and whose it is. Its challenge is used up.
struct ProvedPasskey: Sendable {
    let passkey: CollectionItem<Passkey>
    let owner: CollectionItem<User>
    let key: ProvedKey

    /// Whether it is, still, a passkey of this account.
    func isOf(_ item: CollectionItem<User>) -> Bool {
        owner.id == item.id && item.value.passkeyEpoch == passkey.value.epoch
    }
}

extension Passkeys {
    /// Whose passkey was shown, once every check has passed. Source: Web Authentication level 2, §7.2.
    /// - Parameter isAlone: nothing else says who it is: the authenticator must name the account and have asked for a PIN,
    ///   a finger or a face.
    /// - Throws: ``PasskeyError``, or whatever the store throws.
    func prove(
        _ proof: PasskeyProof, _ purpose: PasskeyChallenges.Purpose, boundTo binding: String, isAlone: Bool
    ) async throws -> ProvedPasskey {
        guard let site else { throw PasskeyError(.noName) }
        let answer = proof.answer
        guard let passkey = try await passkeys.get(Passkey.id(of: answer.credential)),
            passkey.value.credential == answer.credential, let user = LogicalID(passkey.value.user),
            let owner = try await users.get(user), owner.value.passkeyEpoch == passkey.value.epoch
        else { throw PasskeyError(.unknownPasskey) }
        guard answer.userHandle == user.uuidBytes || (answer.userHandle == nil && !isAlone) else {
            throw PasskeyError(.unknownPasskey)
        }
        let now = clock.now()
        let challenge = try ClientData(answer.clientData, of: .assertion, for: site).challenge
        guard challenges.isGood(challenge, purpose, boundTo: binding, now: now) else {
            throw PasskeyError(.wrongChallenge)
        }
        let key = try site.prove(
            answer, challenge: challenge, key: passkey.value.key, counter: passkey.value.counter,
            isBackupEligible: passkey.value.isBackupEligible, requiresUserVerification: isAlone)
        guard challenges.use(challenge, now: now) else { throw PasskeyError(.wrongChallenge) }
        return ProvedPasskey(passkey: passkey, owner: owner, key: key)
    }

    /// Writes down that a passkey was used.
    /// - Throws: ``PasskeyError`` with `.unknownPasskey` where it was given up meanwhile.
    func use(_ proved: ProvedPasskey, _ actor: TrailActor) async throws {
        var current: CollectionItem<Passkey>? = proved.passkey
        let events = proved.key.isCounterBack
            ? [try trail.outbox(.passkey(.countedBack(user: proved.owner.id)), actor)] : []
        for _ in 0..<16 {
            guard let item = current else { throw PasskeyError(.unknownPasskey) }
            var passkey = item.value
            passkey.counter = max(passkey.counter, proved.key.counter)
            passkey.isBackedUp = proved.key.isBackedUp
            passkey.lastUsedAt = clock.now()
            do {
                try await passkeys.put(item.id, passkey, expecting: item.version, events: events)
                return
            } catch let error as DatabaseError where error.code == .versionConflict {
                current = try await passkeys.get(item.id)
            }
        }
        throw PasskeyError(.unavailable)
    }
}
