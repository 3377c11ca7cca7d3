internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardIdentity

/// The context of one interaction: who, by which permit, in which request. Every interaction takes it.
struct Operation: Sendable {
    let request: FHIRRequest
    let caller: Caller
    let permit: Permit

    /// What the audit log is told of the caller.
    var origin: EventOrigin { Self.origin(caller, request, purpose: permit.purpose.rawValue) }

    /// What the audit log is told of a caller, with or without a permit.
    static func origin(_ caller: Caller, _ request: FHIRRequest, purpose: String?) -> EventOrigin {
        EventOrigin(
            tenant: caller.tenant,
            actor: .init(id: caller.actorID, name: caller.name, roles: [caller.role.rawValue]),
            session: caller.session?.text, client: caller.client?.text, source: request.source,
            purposes: purpose.map { [$0] } ?? [], requestID: request.requestID)
    }
}
