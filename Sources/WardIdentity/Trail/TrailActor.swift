internal import WardDatabase

/// Whoever an entry of the audit log is about, as far as they are known: before a sign-in only where they are.
struct TrailActor: Sendable, Hashable {
    var subject: Caller.Subject?
    var role: Role?
    var session: LogicalID?
    var tenant: TenantID
    var source: String

    init(
        source: String, tenant: TenantID, subject: Caller.Subject? = nil, role: Role? = nil, session: LogicalID? = nil
    ) {
        self.subject = subject
        self.role = role
        self.session = session
        self.tenant = tenant
        self.source = source
    }

    init(_ caller: Caller) {
        self.init(
            source: caller.source, tenant: caller.tenant, subject: caller.subject, role: caller.role,
            session: caller.session)
    }
}
