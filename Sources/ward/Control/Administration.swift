internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardKeys

/// Does the operations of commands on an open home, under the same policies as everything else and audited, with the operating-system user
/// as actor.
struct Administration: Sendable {
    let house: House

    /// Does an operation for an account of the operating system. Whatever goes wrong is said in words.
    func perform(_ operation: HomeOperation, osUser: String) async -> HomeAnswer {
        do {
            return try await perform(operation, LocalOperator.caller(osUser: osUser))
        } catch {
            return .failed(Explanation.of(error))
        }
    }

    private func perform(_ operation: HomeOperation, _ caller: Caller) async throws -> HomeAnswer {
        let users = UserAdministration(house.identity.users)
        switch operation {
        case .userAdd(let name, let role, let password):
            guard let role = Role(assignable: role) else {
                let roles = Role.assignable.map(\.rawValue).joined(separator: ", ")
                throw Failure("no such role; the roles are: \(roles)")
            }
            let permit = try house.policies.decide(caller, .manageUsers).get()
            return .credentials(Self.shown(try await users.add(name: name, role: role, password: password, permit)))
        case .userList:
            let permit = try house.policies.decide(caller, .manageUsers).get()
            return .users(try await users.list(permit).map(Self.shown))
        case .userDisable(let name):
            let permit = try house.policies.decide(caller, .manageUsers).get()
            return .users([Self.shown(try await users.disable(name: name, permit))])
        case .userEnable(let name):
            let permit = try house.policies.decide(caller, .manageUsers).get()
            return .users([Self.shown(try await users.enable(name: name, permit))])
        case .userReset(let name, let password):
            let permit = try house.policies.decide(caller, .manageUsers).get()
            return .credentials(Self.shown(try await users.reset(name: name, password: password, permit)))
        case .keysStatus:
            _ = try house.policies.decide(caller, .seeKeys).get()
            return .keys(try await house.keyring.status())
        case .logRead(let what, let count):
            _ = try house.policies.decide(caller, .readAudit).get()
            try await house.audit.record(
                AuditEvent(.logRead, by: House.origin(caller), count: count, details: [.init("what", what)]))
            return .done
        case .verified(let what, let faults):
            _ = try house.policies.decide(caller, .runVerification).get()
            var event = AuditEvent(.verify, by: House.origin(caller), count: faults, details: [.init("what", what)])
            if faults > 0 { event = event.ended(.seriousFailure, reason: "faults") }
            try await house.audit.record(event)
            return .done
        }
    }

    private static func shown(_ credentials: NewCredentials) -> HomeAnswer.Credentials {
        .init(
            id: credentials.id.text, name: credentials.name, role: credentials.role.rawValue, password: credentials.password,
            totpUri: credentials.totpURI)
    }

    private static func shown(_ user: UserSummary) -> HomeAnswer.Account {
        .init(
            id: user.id.text, name: user.name, role: user.role.rawValue, isDisabled: user.isDisabled, isLocked: user.isLocked,
            createdAt: FHIRInstant.text(microseconds: user.createdAt),
            lastSignInAt: user.lastSignInAt.map { FHIRInstant.text(microseconds: $0) })
    }
}
