internal import WardAudit
internal import WardDatabase
internal import WardVault

extension IdentityTrail {
    /// Writes to the audit log.
    init(_ log: AuditLog) {
        self.init(
            outbox: { fact, actor in
                var event = try log.seal(Self.event(fact, by: actor))
                if fact.tellsOfAnother { event.digestOffset = nil }
                return event
            },
            record: { fact, actor in try await log.record(Self.event(fact, by: actor)) })
    }

    /// The entry that tells of a fact.
    static func event(_ fact: IdentityFact, by actor: TrailActor) -> AuditEvent {
        let origin = origin(actor)
        switch fact {
        case .signedIn(let session): return AuditEvent(.signIn, by: origin, record: reference(to: session))
        case .signInRefused(let user, let fault):
            let record = user.map(reference(toUser:))
            return AuditEvent(.signInFailed, by: claimed(user, origin), record: record)
                .ended(.minorFailure, reason: fault.rawValue)
        case .heldBack(let user, let failures):
            return AuditEvent(.lockout, by: claimed(user, origin), record: reference(toUser: user), count: failures)
        case .accountSign(let user, let sign):
            return AuditEvent(.accountSign, by: origin, record: reference(toUser: user), reason: sign.rawValue)
        case .signedOut(let session): return AuditEvent(.signOut, by: origin, record: reference(to: session))
        case .sessionEnded(let session, let user, let ending): return timeOut(session, user, ending, origin)
        case .swept(let collection, let mark, let count): return swept(collection, mark, count, origin)
        case .userAdded(let user, let role): return change(user, "add", origin, .create, [.init("role", role.rawValue)])
        case .userDisabled(let user): return change(user, "disable", origin)
        case .userEnabled(let user): return change(user, "enable", origin)
        case .userReset(let user, let isSecondFactorKept):
            let factor = isSecondFactorKept ? "kept" : "new"
            return change(user, "reset", origin, .update, [.init("second-factor", factor)])
        case .userInvited(let user, let role): return change(user, "invite", origin, .create, [.init("role", role.rawValue)])
        case .userActivated(let user): return change(user, "activate", origin)
        case .userProvisioned(let user, let role):
            return change(user, "provision", origin, .create, [.init("role", role.rawValue)])
        case .externallyLinked(let user): return change(user, "link-external", origin)
        case .userLinked(let user): return change(user, "link", origin)
        case .activationRefused: return AuditEvent(.signInFailed, by: origin).ended(.minorFailure, reason: "invitation")
        case .roleChanged(let user, let old, let new):
            return AuditEvent(
                .roleChange, by: origin, record: reference(toUser: user),
                details: [.init("from", old.rawValue), .init("to", new.rawValue)])
        case .resetUsed(let user): return change(user, "reset-used", origin)
        case .appReplaced(let user): return factorChange(user, "totp", origin)
        case .everythingEnded(let user, let count):
            var event = change(user, "end-all", origin)
            event.count = count
            return event
        case .grantsListed(let user, let count):
            var event = change(user, "grants", origin, .read)
            event.count = count
            return event
        case .passwordChanged(let user): return factorChange(user, "password", origin)
        case .recoveryCodesMade(let user, let count): return factorChange(user, "recovery-codes", origin, count: count)
        case .recoveryCodeUsed(let user, let left): return factorChange(user, "recovery-code-used", origin, count: left)
        case .passkey(let fact): return passkeyEvent(fact, origin)
        case .steppedUp(let session): return stepUp(session, origin)
        case .proofRefused(let user, let fault):
            return factorChange(user, "proof", origin).ended(.minorFailure, reason: fault.rawValue)
        case .sessionsListed(let user, let count):
            var event = change(user, "sessions", origin, .read)
            event.count = count
            return event
        case .client(let fact): return clientEvent(fact, origin)
        case .sessionRevoked(let session, let user):
            return AuditEvent(
                .signOut, by: origin, record: reference(to: session), reason: "revoked",
                details: [.init("user", user.text)])
        case .requestRefused(let status, let path):
            return refusal(origin, reason: reason(of: status), status: status, path: path)
        case .requestsNotTold: return refusal(origin, reason: "throttled", status: nil, path: nil)
        case .notTold(let what, let count): return notTold(what, count, origin)
        case .usersListed(let count): return list(count, origin)
        }
    }

    /// Why a request was refused at the edge, by the status that it got.
    private static func reason(of status: Int) -> String {
        switch status {
        case 401: "no-caller"
        case 403: "role"
        case 404: "not-found"
        case 405, 415: "not-supported"
        default: "invalid"
        }
    }

    private static func timeOut(
        _ session: LogicalID, _ user: LogicalID, _ ending: SessionEnding, _ origin: EventOrigin
    ) -> AuditEvent {
        let origin = origin.actor == nil ? claimed(user, origin) : origin
        return AuditEvent(.timeOut, by: origin, record: reference(to: session), reason: ending.rawValue)
    }

    private static func swept(
        _ collection: String, _ mark: LogicalID, _ count: Int, _ origin: EventOrigin
    ) -> AuditEvent {
        var event = AuditEvent(
            .expiry, by: .system(tenant: origin.tenant), record: RecordReference(type: SweepMark.collectionName, id: mark), count: count,
            details: [.init("what", collection)])
        event.interaction = "sweep"
        return event
    }

    private static func notTold(_ what: Untold, _ count: Int, _ origin: EventOrigin) -> AuditEvent {
        if what == .listings {
            var event = list(count, origin)
            event.reason = what.rawValue
            return event
        }
        var event = AuditEvent(
            what == .requests ? .refusal : .signInFailed, by: origin, outcome: .minorFailure, reason: what.rawValue,
            count: count)
        event.interaction = "turned-away"
        return event
    }

    private static func list(_ count: Int, _ origin: EventOrigin) -> AuditEvent {
        var event = AuditEvent(
            .userChange, by: origin, record: RecordReference(type: User.collectionName), count: count)
        event.action = .read
        event.interaction = "list"
        return event
    }

    private static func stepUp(_ session: LogicalID, _ origin: EventOrigin) -> AuditEvent {
        var event = AuditEvent(.signIn, by: origin, record: reference(to: session))
        event.interaction = "step-up"
        return event
    }

    private static func passkeyEvent(_ fact: PasskeyFact, _ origin: EventOrigin) -> AuditEvent {
        switch fact {
        case .added(let user): return factorChange(user, "passkey-add", origin)
        case .removed(let user): return factorChange(user, "passkey-remove", origin)
        case .countedBack(let user):
            return factorChange(user, "passkey-counter", origin).ended(.minorFailure, reason: "counter-back")
        case .demanded(let user, let isDemanded):
            return change(user, "require-passkey", origin, .update, [.init("required", isDemanded ? "true" : "false")])
        }
    }

    private static func refusal(_ origin: EventOrigin, reason: String, status: Int?, path: String?) -> AuditEvent {
        var event = AuditEvent(.refusal, by: origin, outcome: .minorFailure, reason: reason, status: status)
        event.interaction = path
        return event
    }

    private static func factorChange(
        _ user: LogicalID, _ interaction: String, _ origin: EventOrigin, count: Int? = nil
    ) -> AuditEvent {
        var event = AuditEvent(.factorChange, by: origin, record: reference(toUser: user), count: count)
        event.interaction = interaction
        return event
    }

    private static func change(
        _ user: LogicalID, _ interaction: String, _ origin: EventOrigin, _ action: EventAction = .update,
        _ details: [AuditEvent.Detail] = []
    ) -> AuditEvent {
        var event = AuditEvent(.userChange, by: origin, record: reference(toUser: user), details: details)
        event.action = action
        event.interaction = interaction
        return event
    }

    private static func reference(to session: LogicalID) -> RecordReference {
        RecordReference(type: Session.collectionName, id: session)
    }

    private static func reference(toUser user: LogicalID) -> RecordReference {
        RecordReference(type: User.collectionName, id: user)
    }

    private static func origin(_ actor: TrailActor) -> EventOrigin {
        let known: EventOrigin.Actor? =
            switch actor.subject {
            case .user(let id, let name)?: EventOrigin.Actor(id: id.text, name: name, roles: roles(actor))
            case .service(let id, let name)?: EventOrigin.Actor(id: id.text, name: name, roles: roles(actor))
            case .operatingSystemUser(let name)?: EventOrigin.Actor(id: "os:\(name)", name: name, roles: roles(actor))
            case nil: nil
            }
        return EventOrigin(tenant: actor.tenant, actor: known, session: actor.session?.text, source: actor.source)
    }

    private static func roles(_ actor: TrailActor) -> [String] { actor.role.map { [$0.rawValue] } ?? [] }

    /// Who somebody said they are: the id alone, for nothing was proved.
    private static func claimed(_ user: LogicalID?, _ origin: EventOrigin) -> EventOrigin {
        guard let user else { return origin }
        var origin = origin
        origin.actor = EventOrigin.Actor(id: user.text)
        return origin
    }
}
