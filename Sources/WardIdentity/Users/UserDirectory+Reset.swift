internal import WardDatabase
internal import WardVault

extension UserDirectory {
    /// Takes an account's password back, and makes the one-time link by which its person chooses another: nobody else ever knows
    /// it. Its sessions and its applications' access end before this returns, and nobody signs in until the link was used. An older
    /// link works no more.
    ///
    /// The second factor stays, and is shown with the link, unless it is lost: then another is set up there, and recovery codes and
    /// passkeys work no more. Source: OWASP ASVS 5.0 6.4.1 and 6.4.3.
    package func reset(
        name text: String, renewsSecondFactor: Bool = false, by caller: Caller
    ) async throws(UserDirectoryError) -> NewInvitation {
        let id = try await wrapping { try await self.item(text).id }
        guard let token = InvitationToken.make(for: id) else { throw UserDirectoryError(.unavailable) }
        let now = clock.now()
        let expiry = now + InvitationToken.lifetime
        let summary = try await change(
            text, endsSessions: true, by: caller, { .userReset(user: $0, isSecondFactorKept: !renewsSecondFactor) }
        ) { user throws(UserDirectoryError) in
            guard user.invitation?.isReset ?? true else { throw UserDirectoryError(.isInvited) }
            let isLost = renewsSecondFactor || user.invitation?.isFactorLost == true
            user.invitation = Invitation(tokenHash: token.hash, expiresAt: expiry, reset: isLost ? .everything : .password)
            user.credentialsChangedAt = now
            user.forgetFailures()
            user.note(.passwordReset, now: now, source: caller.source)
            if renewsSecondFactor {
                user.note(.factorReset, now: now, source: caller.source)
                // Nobody sees this one: the page of the link shows those of its views.
                user.setApp(TOTP.makeSecret(), step: -1)
                user.recoveryCodes = []
                user.passkeyEpoch += 1
            }
        }
        return NewInvitation(id: id, name: summary.name, role: summary.role, token: token.text, expiresAt: expiry)
    }
}
