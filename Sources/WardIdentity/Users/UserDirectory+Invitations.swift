internal import WardDatabase
internal import WardVault

extension UserDirectory {
    /// Makes an account that waits for its person, and the one-time link that opens it. For an account that waits
    /// already, the old link works no more.
    /// - Parameter patient: the id of the one patient whose record the account is bound to, for the role ``Role/patient``
    ///   and for no other.
    package func invite(
        name text: String, role: Role, patient: String? = nil, by caller: Caller
    ) async throws(UserDirectoryError) -> NewInvitation {
        guard let name = UserName(text) else { throw UserDirectoryError(.nameInvalid) }
        guard role == .patient ? patient.map({ LogicalID($0) != nil }) ?? false : patient == nil else {
            throw UserDirectoryError(.patientInvalid)
        }
        guard role == .patient || Role.assignable.contains(role) else { throw UserDirectoryError(.roleNotAssignable) }
        return try await wrapping {
            let found = try await self.users.find("name", name.folded).first
            guard let token = InvitationToken.make(for: found?.id ?? self.ids.id(for: name)) else {
                throw UserDirectoryError(.unavailable)
            }
            if let found, (found.value.invitation?.isReset ?? true) || found.value.isDisabled || found.value.role != role
                || found.value.patient != patient
            {
                throw UserDirectoryError(.nameTaken)
            }
            let now = self.clock.now()
            var user = User(
                name: name, role: role, passwordHash: "", totpSecret: TOTP.makeSecret(), createdAt: now)
            user.patient = patient
            user.fhirUser = patient.map { "Patient/\($0)" } ?? found?.value.fhirUser
            if let found { user.createdAt = found.value.createdAt }
            let invitation = Invitation(tokenHash: token.hash, expiresAt: now + InvitationToken.lifetime)
            user.invitation = invitation
            do {
                let event = try self.trail.outbox(.userInvited(user: token.account, role), TrailActor(caller))
                try await self.users.put(token.account, user, expecting: found?.version, events: [event])
            } catch let error as DatabaseError where error.code == .versionConflict {
                throw UserDirectoryError(found == nil ? .nameTaken : .busy)
            }
            return NewInvitation(
                id: token.account, name: user.name, role: role, token: token.text, expiresAt: invitation.expiresAt)
        }
    }
}
