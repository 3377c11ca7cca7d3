public import WardDatabase

/// The times that somebody asks about.
public enum AuditTimes {
    /// How far ahead an end may lie, in microseconds: to the end of today, wherever on Earth that is.
    public static let tolerance: Int64 = 36 * 3_600_000_000

    /// What is wrong with times that are the wrong way round, or lie in the future, of which the log holds nothing; nil
    /// where nothing is.
    /// - Parameter from: microseconds since 1970-01-01T00:00:00Z, as `to` and `now`.
    public static func problem(from: Int64?, to: Int64?, now: Int64) -> StaticString? {
        if let from, from > now {
            return "from lies in the future, of which the log holds nothing: leave it out or name an earlier time."
        }
        if let to, to > now + tolerance {
            return "to lies in the future, of which the log holds nothing: leave it out to ask up to now."
        }
        if let from, let to, from >= to {
            return "from must lie before to: what is asked for begins with the one and ends before the other."
        }
        return nil
    }

    /// What is wrong with the times of a question.
    public static func problem(of question: AuditQuestion, clock: any WallClock = SystemWallClock()) -> StaticString? {
        problem(from: question.from, to: question.to, now: clock.now())
    }

    /// Refuses what has a problem.
    /// - Throws: ``AuditError`` with `.malformed`.
    public static func check(from: Int64?, to: Int64?, now: Int64) throws(AuditError) {
        if let problem = problem(from: from, to: to, now: now) { throw AuditError(.malformed, "\(problem)") }
    }
}
