internal import WardDatabase

/// Tells the audit log that people listed what is their own: sessions and applications.
///
/// The page of the account lists both each time that it is drawn. So an account has a bucket of entries, and further listings are told by
/// their number until it fills again (``UntoldRefusals``): whoever is signed in cannot fill the log by drawing a page.
struct OwnListings: Sendable {
    /// Entries that one account may make at once, and how soon there may be one more.
    static let burst = 20
    static let refill = Duration.seconds(60)

    private let limiter = SourceLimiter(burst: burst, refill: refill, tableLimit: 10_000)
    let trail: IdentityTrail
    let untold: UntoldRefusals
    let clock: any WallClock

    init(trail: IdentityTrail, untold: UntoldRefusals, clock: any WallClock) {
        self.trail = trail
        self.untold = untold
        self.clock = clock
    }

    /// Makes the entry durable, or counts it.
    func record(_ fact: IdentityFact, of account: LogicalID, _ actor: TrailActor) async throws {
        switch limiter.admit(account.text, now: clock.now()) {
        case .admitted: try await trail.record(fact, actor)
        case .heldBack: untold.add(.listings, from: actor.source)
        }
    }
}
