internal import WardDatabase
internal import WardVault

extension SignIn {
    /// Begins a session for who shows a passkey whose device asked for a PIN, a finger or a face: both factors in one.
    ///
    /// Failures of passwords do not hold such a sign-in back, for nobody guesses a signature: who floods an account with
    /// wrong passwords locks nobody out who has a passkey.
    /// - Parameter binding: what the browser alone holds that was asked.
    /// - Throws: ``SignInError``.
    public func signIn(
        passkey: PasskeyProof, boundTo binding: String, source: String, channel: SessionChannel, device: String? = nil
    ) async throws(SignInError) -> IssuedSession {
        try await limited(source) {
            guard let proved = try await self.proved(passkey, boundTo: binding, isAlone: true) else {
                try await self.record(.signInRefused(user: nil, .wrongPasskey), source)
                throw SignInError(.refused)
            }
            return try await self.accept(proved, source: source, channel: channel, device: device)
        }
    }

    /// Begins a session for who knows the password and shows a passkey beside it.
    /// - Throws: ``SignInError``.
    public func signIn(
        name: String, password: String, passkey: PasskeyProof, boundTo binding: String, source: String,
        channel: SessionChannel, device: String? = nil
    ) async throws(SignInError) -> IssuedSession {
        try await limited(source) {
            let proved = try await self.proved(passkey, boundTo: binding, isAlone: false)
            return try await self.attempt(
                name: name, password: password, .passkey(proved), source: source, channel: channel,
                device: device)
        }
    }

    private func proved(_ proof: PasskeyProof, boundTo binding: String, isAlone: Bool) async throws -> ProvedPasskey? {
        do {
            return try await passkeys.prove(proof, .signIn, boundTo: binding, isAlone: isAlone)
        } catch let error as PasskeyError where error.code != .unavailable {
            return nil
        }
    }

    private func accept(
        _ proved: ProvedPasskey, source: String, channel: SessionChannel, device: String?
    ) async throws -> IssuedSession {
        var current: CollectionItem<User>? = proved.owner
        for _ in 0..<Self.attempts {
            guard let item = current, !item.value.isDisabled, item.value.invitation == nil, proved.isOf(item) else {
                try await record(.signInRefused(user: proved.owner.id, .disabled), source)
                throw SignInError(.refused)
            }
            do {
                return try await accept(
                    item, SecondFactor.Proof.passkey(proved).factors, .passkey(proved), newHash: nil, source: source,
                    channel: channel, device: device)
            } catch let error as DatabaseError where error.code == .versionConflict {
                current = try await users.get(item.id)
            } catch let error as PasskeyError where error.code == .unknownPasskey {
                try await record(.signInRefused(user: proved.owner.id, .wrongPasskey), source)
                throw SignInError(.refused)
            }
        }
        throw PasswordHasher.Busy()
    }
}
