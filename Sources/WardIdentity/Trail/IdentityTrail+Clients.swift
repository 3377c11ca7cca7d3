internal import WardAudit
internal import WardDatabase

extension IdentityTrail {
    /// The entries that tell of applications and their tokens.
    static func clientEvent(_ fact: ClientFact, _ origin: EventOrigin) -> AuditEvent {
        switch fact {
        case .changed(let client, let change):
            var event = AuditEvent(.policyChange, by: origin, record: reference(toClient: client))
            event.interaction = change.rawValue
            if change == .added { event.action = .create }
            return event
        case .listed(let count):
            var event = AuditEvent(
                .policyChange, by: origin, record: RecordReference(type: Client.collectionName), count: count)
            event.action = .read
            event.interaction = "list"
            return event
        case .launched(let client, _):
            var event = AuditEvent(.operation, by: acting(client, origin), record: reference(toClient: client))
            event.interaction = "launch"
            return event
        case .consented(let grant, let client, let scopes):
            var event = AuditEvent(
                .policyChange, by: acting(client, origin), record: reference(toGrant: grant),
                details: [.init("scopes", ScopeShapes.text(scopes))])
            event.action = .create
            event.interaction = "consent"
            return event
        case .tokenIssued(let grant, let client, let way):
            var event = AuditEvent(.signIn, by: acting(client, origin), record: reference(toGrant: grant))
            event.interaction = way.rawValue
            return event
        case .tokenRefused(let client, let code):
            var event = AuditEvent(
                .signInFailed, by: origin, record: client.map(reference(toClient:)), outcome: .minorFailure,
                reason: code.rawValue)
            event.interaction = "token"
            return event
        case .grantEnded(let grant, let client, let ending):
            var origin = origin
            origin.client = client
            var event = AuditEvent(.signOut, by: origin, record: reference(toGrant: grant), reason: ending.rawValue)
            event.interaction = "revoke"
            return event
        }
    }

    private static func acting(_ client: LogicalID, _ origin: EventOrigin) -> EventOrigin {
        var origin = origin
        origin.client = client.text
        return origin
    }

    private static func reference(toClient client: LogicalID) -> RecordReference {
        RecordReference(type: Client.collectionName, id: client)
    }

    private static func reference(toGrant grant: LogicalID) -> RecordReference {
        RecordReference(type: Grant.collectionName, id: grant)
    }
}
