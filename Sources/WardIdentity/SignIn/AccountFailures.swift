internal import WardDatabase
internal import WardVault

/// Counts failures against an account and holds it back (``Lockout``): one count for sign-in and for every later proof
/// of who somebody is, so that no door offers further tries.
struct AccountFailures: Sendable {
    let users: any CollectionStore<User>
    let trail: IdentityTrail
    let clock: any WallClock

    /// Writes a failure down with `fact`.
    /// - Throws: ``DatabaseError`` with `.versionConflict` where the account changed meanwhile: judge again.
    /// - Parameter knowsPassword: the password was right: the person is told, and the log, once an hour.
    func count(
        _ item: CollectionItem<User>, _ fact: IdentityFact, _ actor: TrailActor, knowsPassword: Bool = false
    ) async throws {
        var user = item.value
        let isSign = knowsPassword && user.noteOnce(.secondFactorRefused, now: clock.now(), source: actor.source)
        user.failures += 1
        user.lockedUntil = Lockout.lockedUntil(afterFailures: user.failures, now: clock.now())
        var events = [try trail.outbox(fact, actor)]
        if isSign { events.append(try trail.outbox(.accountSign(user: item.id, .passwordKnown), actor)) }
        if user.lockedUntil > 0 {
            events.append(try trail.outbox(.heldBack(user: item.id, failures: user.failures), actor))
        }
        try await users.put(item.id, user, expecting: item.version, events: events)
    }
}
