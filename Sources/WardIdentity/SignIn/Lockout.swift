/// How failures hold an account back.
///
/// | failures in a row | the next try waits |
/// |---|---|
/// | 1 to 4 | not at all |
/// | 5, 6, 7, 8, … | 1 s, 2 s, 4 s, 8 s, … |
/// | 15 to 99 | 15 minutes |
/// | 100 | until an administrator enables or resets the account |
///
/// A try while the account is held back is refused, right or wrong, and does not count: to hold another back until
/// an administrator acts takes 100 failures over most of a day, which the log and the limits of a source show.
/// A sign-in sets the count back to none. Source: NIST SP 800-63B-4 §3.2.2 (no more than 100 failures in a row).
enum Lockout {
    static let freeFailures = 5
    static let longestSeconds: Int64 = 15 * 60
    static let finalFailures = 100

    /// Until when an account is held back that has failed so often, in microseconds since 1970.
    static func lockedUntil(afterFailures failures: Int, now: Int64) -> Int64 {
        guard failures >= freeFailures else { return 0 }
        guard failures < finalFailures else { return .max }
        let doublings = min(failures - freeFailures, 20)
        return now + min(Int64(1) << Int64(doublings), longestSeconds) * 1_000_000
    }
}
