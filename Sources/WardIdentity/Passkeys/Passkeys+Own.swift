internal import WardDatabase
internal import WardVault

/// What people do with their own passkeys. Changes ask for a factor that was shown within the last minutes.
extension Passkeys {
    /// The caller's passkeys, the oldest first.
    public func list(_ caller: Caller) async throws(PasskeyError) -> [PasskeySummary] {
        try await Self.wrapping {
            try await self.all(of: try await self.account(caller)).map { PasskeySummary($0.id, $0.value) }
        }
    }

    /// What a page needs to have a passkey made for the caller; nil where the server has no name.
    public func offer(_ caller: Caller) async throws(PasskeyError) -> PasskeyOffer? {
        try await Self.wrapping {
            let (item, own) = try await self.owner(caller)
            guard let session = caller.session, let handle = item.id.uuidBytes,
                let question = self.question(.registration, boundTo: session.text)
            else { return nil }
            return PasskeyOffer(
                question: question, handle: Base64URL.encode(handle), name: item.value.name,
                registered: own.map { Base64URL.encode($0.value.credential) },
                asksForAttestation: self.attestation.roots != nil, algorithms: COSEKey.algorithms)
        }
    }

    /// Registers the passkey that was made for the caller.
    /// - Throws: ``PasskeyError``: what is wrong with it.
    public func register(_ made: MadePasskey, by caller: Caller) async throws(PasskeyError) -> PasskeySummary {
        try await Self.wrapping {
            let (item, own) = try await self.owner(caller)
            guard own.count < Passkey.maximumCount else { throw PasskeyError(.tooMany) }
            guard let site = self.site else { throw PasskeyError(.noName) }
            guard let session = caller.session else { throw PasskeyError(.proofNeeded) }
            let now = self.clock.now()
            let challenge = try ClientData(made.answer.clientData, of: .registration, for: site).challenge
            guard self.challenges.isGood(challenge, .registration, boundTo: session.text, now: now) else {
                throw PasskeyError(.wrongChallenge)
            }
            let key = try await site.register(
                made.answer, challenge: challenge, requiresUserVerification: false, attestation: self.attestation)
            guard self.challenges.use(challenge, now: now) else { throw PasskeyError(.wrongChallenge) }
            let passkey = Passkey(
                user: item.id.text, epoch: item.value.passkeyEpoch, credential: key.id, key: key.key,
                counter: key.counter, model: key.model, isBackupEligible: key.isBackupEligible,
                isBackedUp: key.isBackedUp, isAttested: key.isAttested, label: made.label, createdAt: now)
            do {
                let event = try self.trail.outbox(.passkey(.added(user: item.id)), TrailActor(caller))
                let id = Passkey.id(of: key.id)
                try await self.passkeys.put(id, passkey, expecting: nil, events: [event])
                try await self.note(.passkeyAdded, item, caller)
                return PasskeySummary(id, passkey)
            } catch let error as DatabaseError where error.code == .versionConflict {
                throw PasskeyError(.alreadyRegistered)
            }
        }
    }

    /// Gives up one of the caller's passkeys: it works no more from now on.
    public func remove(_ text: String, by caller: Caller) async throws(PasskeyError) {
        try await Self.wrapping {
            let (item, own) = try await self.owner(caller)
            guard let passkey = own.first(where: { $0.id.text == text }) else { throw PasskeyError(.unknownPasskey) }
            guard own.count > 1 || !self.demand.isMade(of: item.value) else { throw PasskeyError(.lastOne) }
            let event = try self.trail.outbox(.passkey(.removed(user: item.id)), TrailActor(caller))
            try await self.passkeys.delete(passkey.id, expecting: passkey.version, events: [event])
            try await self.note(.passkeyRemoved, item, caller)
        }
    }

    /// Tells the person, on the page of the account.
    private func note(_ kind: AccountNotice.Kind, _ item: CollectionItem<User>, _ caller: Caller) async throws {
        var current: CollectionItem<User>? = item
        for _ in 0..<16 {
            guard let item = current else { return }
            var user = item.value
            user.note(kind, now: clock.now(), source: caller.source)
            do {
                try await users.put(item.id, user, expecting: item.version, events: [])
                return
            } catch let error as DatabaseError where error.code == .versionConflict {
                current = try await users.get(item.id)
            }
        }
        throw PasskeyError(.unavailable)
    }

    private func account(_ caller: Caller) async throws -> CollectionItem<User> {
        // A client that acts for the person changes nothing of the account.
        guard caller.authorization == nil, let id = caller.user, let item = try await users.get(id), !item.value.isDisabled
        else { throw PasskeyError(.proofNeeded) }
        return item
    }

    /// The account of a caller who may change its passkeys, and those that it has. Who must show a passkey and did not may
    /// register the first one, no further one.
    private func owner(_ caller: Caller) async throws -> (CollectionItem<User>, [CollectionItem<Passkey>]) {
        let item = try await account(caller)
        let own = try await all(of: item)
        guard caller.hasTwoFactors, caller.isFresh, !caller.owesPasskey || own.isEmpty else {
            throw PasskeyError(.proofNeeded)
        }
        return (item, own)
    }
}
