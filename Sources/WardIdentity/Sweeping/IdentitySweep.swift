public import WardAudit
public import WardDatabase
public import WardVault

/// Removes for good what is of no use any more: assertions that expired, launches, ended grants and sessions. Without it they
/// would grow without bound. Decision 0020.
///
/// Each collection has a time after which nothing of it can be of use, whatever its value is; what nobody wrote to for so long
/// goes, the oldest first, in steps that are one transaction each. A step that a kill interrupted is done again.
public struct IdentitySweep: Sendable {
    /// An assertion lives five minutes, and is refused afterwards by its own times.
    static let assertionDays: Int64 = 1
    /// A launch lives five minutes.
    static let launchDays: Int64 = 1
    /// A session lives twelve hours at most.
    static let sessionDays: Int64 = 2
    /// A grant lives 90 days at most (`offline_access`).
    static let grantDays: Int64 = 92
    /// Values that go in one transaction.
    public static let stepValues = 500

    private let sessions: Collection<Session>
    private let grants: Collection<Grant>
    private let assertions: Collection<UsedAssertion>
    private let launches: Collection<LaunchContext>
    private let trail: IdentityTrail
    private let policy: SessionPolicy
    private let clock: any WallClock
    private let tenant: TenantID

    /// A sweep of these collections.
    public init(
        sessions: Collection<Session>, grants: Collection<Grant>, assertions: Collection<UsedAssertion>,
        launches: Collection<LaunchContext>, log: AuditLog, policy: SessionPolicy = .standard,
        clock: any WallClock = SystemWallClock(), tenant: TenantID = .first
    ) {
        self.sessions = sessions
        self.grants = grants
        self.assertions = assertions
        self.launches = launches
        self.trail = IdentityTrail(log)
        self.policy = policy
        self.clock = clock
        self.tenant = tenant
    }

    /// Removes at most some hundred values of each collection.
    /// - Returns: true when nothing more waits.
    /// - Throws: ``VaultError``, ``DatabaseError`` or ``AuditError``, once every collection had its step; what was removed stays
    ///   removed.
    public func step(limit: Int = stepValues) async throws -> Bool {
        var isLast = true
        var failure: (any Error)?
        // What is wrong with one collection holds up no other.
        for step in steps(limit) {
            do { isLast = try await step() && isLast } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return isLast
    }

    private func steps(_ limit: Int) -> [@Sendable () async throws -> Bool] {
        [
            { try await step(assertions, Self.assertionDays, limit) },
            { try await step(launches, Self.launchDays, limit) },
            { try await step(grants, Self.grantDays, limit) },
            {
                try await step(sessions, Self.sessionDays, limit) { [policy, clock, tenant, trail] item in
                    guard let user = LogicalID(item.value.user),
                        let ending = item.value.ending(at: clock.now(), lastUsedAt: item.value.lastUsedAt, policy)
                    else { return nil }
                    // Nobody showed it since, so nobody said yet that it ended.
                    var event = try trail.outbox(
                        .sessionEnded(session: item.id, user: user, ending),
                        TrailActor(source: item.value.source, tenant: tenant))
                    event.digestOffset = nil
                    return event
                }
            },
        ]
    }

    private func step<Value>(
        _ collection: Collection<Value>, _ days: Int64, _ limit: Int,
        telling event: @Sendable (CollectionItem<Value>) throws -> OutboxEvent? = { _ in nil }
    ) async throws -> Bool {
        let before = clock.now() - days * 86_400_000_000
        let (trail, actor) = (trail, TrailActor(source: "", tenant: tenant))
        return try await collection.sweep(before: before, limit: limit) { values, mark, count in
            try values.compactMap(event) + [trail.outbox(.swept(collection: collection.name, mark: mark, count: count), actor)]
        }.isLast
    }
}
