/// The limits of sessions. Source: NIST SP 800-63B-4 §2.3 and §5.2; 45 CFR 164.312(a)(2)(iii).
public struct SessionPolicy: Sendable, Hashable {
    /// A session unused for this long is over: 15 to 30 minutes.
    public let idleMinutes: Int
    /// A session is over after this long, used or not.
    public let absoluteHours: Int
    /// A user's sessions at one time; one more ends the one not used for longest.
    public let sessionsPerUser: Int
    /// Sessions held in memory for the hot path; others are read from the store.
    public let cachedSessions: Int

    /// 15 minutes idle, 12 hours in all.
    public static let standard = SessionPolicy(idle: 15, absolute: 12, sessionsPerUser: 8, cachedSessions: 10_000)

    /// Fails unless the idle limit is 15 to 30 minutes, the absolute one 1 to 12 hours, and the bounds are positive.
    public init?(
        idleMinutes: Int = 15, absoluteHours: Int = 12, sessionsPerUser: Int = 8, cachedSessions: Int = 10_000
    ) {
        guard (15...30).contains(idleMinutes), (1...12).contains(absoluteHours),
            (1...1_000).contains(sessionsPerUser),
            (1...1_000_000).contains(cachedSessions)
        else { return nil }
        self.init(
            idle: idleMinutes, absolute: absoluteHours, sessionsPerUser: sessionsPerUser,
            cachedSessions: cachedSessions)
    }

    private init(idle: Int, absolute: Int, sessionsPerUser: Int, cachedSessions: Int) {
        self.idleMinutes = idle
        self.absoluteHours = absolute
        self.sessionsPerUser = sessionsPerUser
        self.cachedSessions = cachedSessions
    }

    /// How long a shown factor counts as fresh, in microseconds.
    static let freshness: Int64 = 5 * 60_000_000

    /// In microseconds.
    var idle: Int64 { Int64(idleMinutes) * 60_000_000 }
    /// In microseconds.
    var absolute: Int64 { Int64(absoluteHours) * 3_600_000_000 }
    /// How old the stored time of last use may be, in microseconds. After a restart a session lives shorter by so
    /// much, never longer.
    var persistence: Int64 { idle / 5 }
}
