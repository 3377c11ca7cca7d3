/// How much of the records a verification looks at.
public enum VerificationScope: Sendable, Equatable {
    /// Every version, all that the log tells, every entry of the index, every data key.
    case everything
    /// Versions from the first one on that was written at this time or later (microseconds since
    /// 1970-01-01T00:00:00Z), and what the log tells from a little before it.
    case since(Int64)
    /// About so many versions, spread evenly, by chance within their parts: those are held against the log, but what
    /// the log tells of others is not looked for.
    case sample(Int)
}
