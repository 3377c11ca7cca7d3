internal import WardAccess
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardVault

/// What commands do with accounts.
extension Administration {
    /// Does an operation on accounts, with the evidence that the caller may.
    func accounts(_ operation: HomeOperation, _ permit: AdministrativePermit) async throws -> HomeAnswer {
        let users = UserAdministration(house.identity.users)
        switch operation {
        case .userAdd(let name, let role, let password):
            let role = try Self.role(role)
            guard house.configuration.isDevelopment else {
                throw Failure("""
                    nobody but the person may know their password, not even the first administrator's: ward user invite NAME --role ROLE \
                    prints a link where they choose it. Only development homes have this command
                    """)
            }
            return .credentials(.init(try await users.add(name: name, role: role, password: password, permit)))
        case .userInvite(let name, let role, let patient):
            let authority = try authority()
            let patient = if let patient { try await existing(patient) } else { String?.none }
            let invitation = try await users.invite(
                name: name, role: try Self.role(role, isInvited: true), patient: patient, permit)
            return .invitation(.init(invitation, authority: authority))
        case .userList(let unusedDays):
            let now = SystemWallClock().now()
            return .users(
                try await users.list(permit)
                    .filter { user in unusedDays.map { user.isUnused(days: $0, now: now) } ?? true }
                    .map(HomeAnswer.Account.init))
        case .userDisable(let name):
            return .users([.init(try await users.disable(name: name, permit))])
        case .userEnable(let name):
            return .users([.init(try await users.enable(name: name, permit))])
        case .userRole(let name, let role):
            return .users([.init(try await users.setRole(name: name, role: try Self.role(role), permit))])
        case .userReset(let name, let secondFactor):
            let authority = try authority()
            return .invitation(
                .init(try await users.reset(name: name, renewsSecondFactor: secondFactor, permit), authority: authority))
        case .userLink(let name, let reference):
            return .users([.init(try await users.setFHIRUser(name: name, reference: reference, permit))])
        case .userExternal(let name, let subject):
            guard let issuer = house.configuration.text("oidc.issuer") else {
                throw Failure("there is no provider to link to: oidc.issuer is not set")
            }
            return .users([.init(try await users.setExternal(name: name, subject: subject, issuer: issuer, permit))])
        case .userRequirePasskey(let name, let isRequired):
            return .users([.init(try await users.requirePasskey(name: name, isRequired: isRequired, permit))])
        case .userSessions(let name):
            return .sessions(try await users.sessions(name: name, permit).map(HomeAnswer.SignedIn.init))
        case .userEndSessions(let name, let session):
            let id = try session.map { text in
                guard let id = LogicalID(text) else { throw Failure("no session has an id of this form") }
                return id
            }
            try await users.endSessions(name: name, session: id, permit)
            return .sessions(try await users.sessions(name: name, permit).map(HomeAnswer.SignedIn.init))
        case .userGrants(let name):
            return .grants(try await users.grants(name: name, permit).map(HomeAnswer.Access.init))
        case .userEndGrant(let name, let grant):
            guard let id = LogicalID(grant) else { throw Failure("no application's access has an id of this form") }
            try await users.endGrant(name: name, grant: id, permit)
            return .grants(try await users.grants(name: name, permit).map(HomeAnswer.Access.init))
        default:
            throw Failure("this is no operation on accounts")
        }
    }

    /// The name and port that browsers use.
    /// - Throws: where nobody can know it yet: the machine chooses the port when the server begins.
    private func authority() throws -> String {
        let configuration = house.configuration
        if let reached = house.identity.authorizationServer.reachedAt { return reached }
        if let authority = configuration.text("server.public_authority") { return authority }
        let port = configuration.whole("server.port")
        guard port != 0 else {
            throw Failure("server.port is 0, so no link can be made before the home is served: serve it first, or set server.public_authority")
        }
        return "\(configuration.text("server.host") ?? "127.0.0.1"):\(port)"
    }

    /// The id of a patient whose record is there: an account for nobody's record would open nothing, or another's that
    /// comes later.
    private func existing(_ patient: String) async throws -> String {
        let missing = Failure("no patient has this id; it is the id of the Patient record that the account is to be bound to")
        guard let id = LogicalID(patient.hasPrefix("Patient/") ? String(patient.dropFirst(8)) : patient) else { throw missing }
        let record = try await house.vault.newest("Patient", id)
        guard record?.isDeleted == false else { throw missing }
        return id.text
    }

    private static func role(_ text: String, isInvited: Bool = false) throws -> Role {
        if isInvited, text == Role.patient.rawValue { return .patient }
        if text == Role.patient.rawValue { throw Failure("a patient is invited: ward user invite NAME --role patient --patient ID") }
        if let role = Role(assignable: text) { return role }
        throw Failure("no such role; the roles are: \(Role.assignable.map(\.rawValue).joined(separator: ", "))")
    }
}

extension HomeAnswer.Credentials {
    init(_ credentials: NewCredentials) {
        self.init(
            id: credentials.id.text, name: credentials.name, role: credentials.role.rawValue,
            password: credentials.password, totpUri: credentials.totpURI)
    }
}

extension HomeAnswer.Invitation {
    init(_ invitation: NewInvitation, authority: String) {
        self.init(
            id: invitation.id.text, name: invitation.name, role: invitation.role.rawValue,
            link: "https://\(authority)/auth/activate?invitation=\(invitation.token)",
            expiresAt: FHIRInstant.text(microseconds: invitation.expiresAt))
    }
}

extension HomeAnswer.Account {
    init(_ user: UserSummary) {
        self.init(
            id: user.id.text, name: user.name, role: user.role.rawValue, isDisabled: user.isDisabled,
            isLocked: user.isLocked, isInvited: user.isInvited, isReset: user.isReset, requiresPasskey: user.requiresPasskey,
            patient: user.patient, fhirUser: user.fhirUser, externalSubject: user.externalSubject, recoveryCodesLeft: user.recoveryCodesLeft,
            createdAt: FHIRInstant.text(microseconds: user.createdAt),
            lastSignInAt: user.lastSignInAt.map { FHIRInstant.text(microseconds: $0) })
    }
}

extension HomeAnswer.Access {
    init(_ grant: GrantSummary) {
        self.init(
            id: grant.id.text, clientId: grant.client.text, clientName: grant.clientName, scopes: grant.scopes.text,
            patient: grant.patient, source: grant.source, createdAt: FHIRInstant.text(microseconds: grant.createdAt),
            expiresAt: FHIRInstant.text(microseconds: grant.expiresAt))
    }
}

extension HomeAnswer.SignedIn {
    init(_ session: SessionSummary) {
        self.init(
            id: session.id.text, source: session.source, factors: session.factors.map(\.rawValue),
            createdAt: FHIRInstant.text(microseconds: session.createdAt),
            lastUsedAt: FHIRInstant.text(microseconds: session.lastUsedAt),
            expiresAt: FHIRInstant.text(microseconds: session.expiresAt))
    }
}
