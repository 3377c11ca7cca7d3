/// An error of the audit log. Its description is safe to log: it holds no fact of any event.
public struct AuditError: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: Code
    /// What was being done, in words without values.
    public var context: String

    /// An error; `context` must hold no value.
    public init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    public var description: String { "\(code.rawValue): \(context)" }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// The log cannot be written now; nothing may be read or changed until it can.
        case unavailable
        /// Too many events wait; try again later.
        case overloaded
        /// The clock is behind the newest entry of the log by more than the tolerance.
        case clock
        /// The entry would be larger than 65,535 bytes.
        case tooLarge
        /// No durable event stands behind the value.
        case noEvidence
        /// The log does not fit its own checkpoint, or the anchor: it was changed or set back.
        case tampered
        /// The outbox was set back to an older state: events would be lost.
        case outboxRolledBack
        /// Bytes that are no entry, no checkpoint or no key of this format.
        case malformed
        /// The entry cannot be opened with this key.
        case sealed
        /// An origin has characters that the checkpoint format does not allow.
        case invalidOrigin
    }
}
