internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardKeys
internal import WardRecords

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
        switch operation {
        case .userAdd, .userInvite, .userList, .userDisable, .userEnable, .userReset, .userRole, .userLink, .userExternal, .userRequirePasskey,
            .userSessions, .userEndSessions, .userGrants, .userEndGrant:
            return try await accounts(operation, try house.policies.decide(caller, .manageUsers).get())
        case .clientAdd, .clientList, .clientApprove, .clientDisable:
            return try await applications(operation, try house.policies.decide(caller, .manageClients).get())
        case .keysStatus, .dataKeysList:
            _ = try house.policies.decide(caller, .seeKeys).get()
            return try await KeyAdministration(house: house).tell(operation)
        case .indexBegin, .keysRotate(.index):
            _ = try house.policies.decide(caller, .manageKeys).get()
            try await house.index.begin(by: House.origin(caller))
            return .done
        case .keysRotate, .keysRewrap, .dataKeysRewrap, .dataKeysRotate, .keysRetire, .keysMigrate, .keysPassphrase:
            _ = try house.policies.decide(caller, .manageKeys).get()
            return try await KeyAdministration(house: house).perform(operation, by: House.origin(caller))
        case .indexStatus:
            _ = try house.policies.decide(caller, .seeKeys).get()
            return .index(try await house.index.status())
        case .shredding(let order, let person):
            return try await shredding(order, person)
        case .shreddingStep(let id):
            _ = try house.policies.decide(caller, .manageKeys).get()
            return .shreddings([try await house.shredding.advance(id, by: House.origin(caller))])
        case .shreddingList:
            _ = try house.policies.decide(caller, .seeKeys).get()
            return .shreddings(try await house.shredding.list())
        case .holdList:
            _ = try house.policies.decide(caller, .seeKeys).get()
            return .holds(try await house.shredding.listHolds())
        case .indexStep(let isAlone):
            _ = try house.policies.decide(caller, .manageKeys).get()
            let index = house.index
            return .indexProgress(try await isAlone
                ? index.step(for: .seconds(20), perSecond: 0, by: House.origin(caller)) : index.progress())
        case .logRead(let what, let count):
            _ = try house.policies.decide(caller, .readAudit).get()
            try await house.audit.record(
                AuditEvent(.logRead, by: House.origin(caller), count: count, details: [.init("what", what)]))
            return .done
        case .logExport(let note):
            _ = try house.policies.decide(caller, .readAudit).get()
            try await house.audit.record(note.event(by: House.origin(caller)))
            return .done
        case .deliver:
            _ = try house.policies.decide(caller, .readAudit).get()
            try await house.audit.record(
                AuditEvent(.delivery, by: House.origin(caller), details: [.init("what", "ship")]))
            return .deliveries(try await house.deliver())
        case .expire, .auditHold, .auditHoldLift, .auditHolds: return try await retention(operation, caller)
        case .ask(let question):
            switch try await house.desk.answer(question, caller: caller).value {
            case .answer(let answer): return .answer(answer)
            case .refused(let refusal): throw refusal
            case .malformed(let words), .unknown(let words): throw Failure(words)
            case .tampered(let words): throw AuditError(.tampered, words)
            }
        case .verificationBegin, .verificationStatus, .verified: return try await verification(operation, caller)
        }
    }
}
