internal import Synchronization
internal import WardDatabase

/// Bounds the hashing that one account can ask for when a password is changed: a change costs as many runs of scrypt as
/// there are former passwords, and whoever is signed in, or holds the link of a reset, could ask for it without end.
///
/// Each account has a bucket of tries, right or wrong, and has one under way at a time. The first one that is turned away
/// stands in the log, further ones are told by their number (``UntoldRefusals``).
final class PasswordTries: Sendable {
    /// Tries that one account may make at once.
    static let burst = 5
    /// After this long it may make one more.
    static let refill = Duration.seconds(300)

    private let limiter = SourceLimiter(burst: burst, refill: refill, tableLimit: 10_000)
    private let underWay = Mutex<Set<LogicalID>>([])
    private let trail: IdentityTrail
    private let untold: UntoldRefusals
    private let clock: any WallClock

    init(trail: IdentityTrail, untold: UntoldRefusals, clock: any WallClock) {
        self.trail = trail
        self.untold = untold
        self.clock = clock
    }

    /// Runs a try of this account, if it may make one.
    /// - Throws: ``OwnAccountError`` with `.throttled`, or whatever `attempt` throws.
    func run<Result>(of account: LogicalID, _ actor: TrailActor, _ attempt: () async throws -> Result) async throws -> Result {
        guard underWay.withLock({ $0.insert(account).inserted }) else {
            untold.add(.passwords, from: actor.source)
            throw OwnAccountError(.throttled(retryAfterSeconds: 1))
        }
        defer { _ = underWay.withLock { $0.remove(account) } }
        if case .heldBack(let seconds, let isFirst) = limiter.admit(account.text, now: clock.now()) {
            if isFirst {
                try await trail.record(.proofRefused(user: account, .throttled), actor)
            } else {
                untold.add(.passwords, from: actor.source)
            }
            throw OwnAccountError(.throttled(retryAfterSeconds: seconds))
        }
        return try await attempt()
    }
}
