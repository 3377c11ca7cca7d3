internal import WardDatabase
internal import WardVault

extension OwnAccount {
    /// Makes the caller's session fresh for who shows a one-time code anew: it goes on under another token, and the old
    /// token works no more.
    /// - Throws: ``OwnAccountError`` with `.proofRefused` where the code is wrong or was used.
    public func stepUp(
        _ caller: Caller, code: String, channel: SessionChannel
    ) async throws(OwnAccountError) -> IssuedSession {
        try await OwnAccountError.wrapping {
            try await self.retrying(caller) { item in
                let proof = try await self.checkFactor(code, of: item, caller)
                return try await self.rotate(item, proof, caller, channel)
            }
        }
    }

    /// The same for who shows a passkey anew.
    public func stepUp(
        _ caller: Caller, passkey: PasskeyProof, channel: SessionChannel
    ) async throws(OwnAccountError) -> IssuedSession {
        try await OwnAccountError.wrapping {
            guard let session = caller.session else { throw OwnAccountError(.notFound) }
            let proved: ProvedPasskey
            do {
                proved = try await self.passkeys.prove(passkey, .stepUp, boundTo: session.text, isAlone: false)
            } catch let error as PasskeyError where error.code != .unavailable {
                if let user = caller.user {
                    try await self.refusals.record(
                        .proofRefused(user: user, .wrongPasskey), TrailActor(caller), source: caller.source)
                }
                throw OwnAccountError(.proofRefused)
            }
            return try await self.retrying(caller) { item in
                guard proved.isOf(item) else { throw OwnAccountError(.proofRefused) }
                return try await self.rotate(item, .passkey(proved), caller, channel)
            }
        }
    }

    /// Uses the proof up, then gives the session another token.
    private func rotate(
        _ item: CollectionItem<User>, _ proof: SecondFactor.Proof, _ caller: Caller, _ channel: SessionChannel
    ) async throws -> IssuedSession {
        guard let session = caller.session else { throw OwnAccountError(.notFound) }
        let token = SessionToken.make(channel)
        var actor = TrailActor(caller)
        actor.session = token.session.id
        let event = try trail.outbox(.steppedUp(session: token.session.id), actor)
        var user = item.value
        user.use(proof)
        user.forgetFailures()
        if case .recoveryCode = proof { user.note(.recoveryCodeUsed, now: clock.now(), source: caller.source) }
        if case .passkey(let proved) = proof { try await passkeys.use(proved, actor) }
        let used = try RecoveryCodes.useEvents(of: proof, item.id, user, trail, actor)
        let written = try await users.put(item.id, user, expecting: item.version, events: used)
        guard
            let issued = try await register.rotate(
                session, to: token, adding: proof.factors, of: written, source: caller.source, events: [event])
        else { throw OwnAccountError(.notFound) }
        return issued
    }
}
