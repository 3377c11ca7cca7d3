public import WardDatabase
public import WardIdentity

/// The way in to the accounts: each call needs the evidence that the caller may manage users.
///
/// ```swift
/// let administration = UserAdministration(identity.users)
/// let permit = try engine.decide(caller, .manageUsers).get()
/// let credentials = try await administration.add(name: "ada", role: .clinician, password: nil, permit)
/// ```
public struct UserAdministration: Sendable {
    private let directory: UserDirectory

    /// Administers the accounts of `directory`.
    public init(_ directory: UserDirectory) { self.directory = directory }

    /// Makes an account with a second factor, and with a password if none is given: in development homes. People are invited.
    /// - Throws: ``UserDirectoryError``: `.nameInvalid`, `.nameTaken`, `.passwordRefused`, `.roleNotAssignable`, …
    public func add(
        name: String, role: Role, password: String?, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> NewCredentials {
        try await directory.add(name: name, role: role, password: password, by: permit.checked(.manageUsers))
    }

    /// All accounts, by name; at most 10,000.
    public func list(_ permit: AdministrativePermit) async throws(UserDirectoryError) -> [UserSummary] {
        try await directory.list(by: permit.checked(.manageUsers))
    }

    /// Closes an account; its sessions have ended when this returns.
    public func disable(
        name: String, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.disable(name: name, by: permit.checked(.manageUsers))
    }

    /// Opens an account again and forgets its failures.
    public func enable(
        name: String, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.enable(name: name, by: permit.checked(.manageUsers))
    }

    /// Takes an account's password back and makes the one-time link by which its person chooses another; its sessions and its
    /// applications' access have ended when this returns. The second factor stays unless `renewsSecondFactor` says that it is lost.
    public func reset(
        name: String, renewsSecondFactor: Bool = false, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> NewInvitation {
        try await directory.reset(name: name, renewsSecondFactor: renewsSecondFactor, by: permit.checked(.manageUsers))
    }

    /// Makes an account that waits for its person, and the one-time link by which they choose their credentials. A
    /// patient's account is bound to the record of that patient.
    public func invite(
        name: String, role: Role, patient: String? = nil, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> NewInvitation {
        try await directory.invite(name: name, role: role, patient: patient, by: permit.checked(.manageUsers))
    }

    /// Gives an account another role; its sessions have ended when this returns.
    public func setRole(
        name: String, role: Role, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.setRole(name: name, role: role, by: permit.checked(.manageUsers))
    }

    /// Says which record stands for the person, such as `Practitioner/…`; nil takes it away.
    public func setFHIRUser(
        name: String, reference: String?, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.setFHIRUser(name: name, reference: reference, by: permit.checked(.manageUsers))
    }

    /// Says whether a person must show a passkey; their sessions have ended when this returns.
    public func requirePasskey(
        name: String, isRequired: Bool, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.requirePasskey(name: name, isRequired: isRequired, by: permit.checked(.manageUsers))
    }

    /// Says whom the organisation's provider means by an account; nil takes it away. The sessions of the account have ended
    /// when this returns.
    public func setExternal(
        name: String, subject: String?, issuer: String, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> UserSummary {
        try await directory.setExternal(name: name, subject: subject, issuer: issuer, by: permit.checked(.manageUsers))
    }

    /// The live sessions of an account, the newest first.
    public func sessions(
        name: String, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> [SessionSummary] {
        try await directory.sessions(name: name, by: permit.checked(.manageUsers))
    }

    /// What an account allowed applications and is good at this moment, the newest first.
    public func grants(
        name: String, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) -> [GrantSummary] {
        try await directory.grants(name: name, by: permit.checked(.manageUsers))
    }

    /// Ends what an application was allowed, and its tokens, at once.
    public func endGrant(
        name: String, grant: LogicalID, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) {
        try await directory.endGrant(name: name, grant: grant, by: permit.checked(.manageUsers))
    }

    /// Ends one session of an account, or all of them and what its applications were allowed, at once.
    public func endSessions(
        name: String, session: LogicalID?, _ permit: AdministrativePermit
    ) async throws(UserDirectoryError) {
        try await directory.endSessions(name: name, session: session, by: permit.checked(.manageUsers))
    }
}

extension AdministrativePermit {
    /// The caller, for an action that asks for this permission. Throws for a permit for something else.
    fileprivate func checked(_ needed: AdministrativePermission) throws(UserDirectoryError) -> Caller {
        guard permission == needed else { throw .notPermitted }
        return caller
    }
}
