/// One way in which the log leaves the machine: to a receiver of syslog messages, or to an archive.
///
/// The log itself is the spool: what a receiver has not confirmed is still in it, sealed, so there is no second copy
/// that could be lost, overflow or be read. A delivery remembers only how far it came.
public protocol LogDelivery: Sendable {
    /// A short fixed name, such as `syslog`; it stands in metrics, in the application log and in events.
    var name: String { get }

    /// Delivers the next part of the log.
    /// - Parameter everything: also what could still wait to be gathered.
    /// - Returns: whether there may be more to do at once.
    /// - Throws: ``AuditError``: `.unavailable` where the other side does not take it (it is tried again), `.tampered`
    ///   where the log is not what was signed, or not what was delivered; ``DatabaseError``.
    func step(everything: Bool) async throws -> Bool

    /// Every entry below this position has arrived.
    /// - Throws: where the other side cannot be asked.
    func position() async throws -> Int64

    /// Where it was when the other side could last be asked; nil where nobody knows.
    func lastKnownPosition() throws -> Int64?

    /// What is not as it must be on the other side, of all that this process saw there.
    func findings() -> [ArchiveFinding]
}

extension LogDelivery {
    /// What it says by itself.
    public func lastKnownPosition() throws -> Int64? { nil }

    /// Nothing.
    public func findings() -> [ArchiveFinding] { [] }

    /// Delivers until nothing is left.
    /// - Throws: as ``step(everything:)``.
    public func deliverAll() async throws {
        while try await step(everything: true) {}
    }
}
