public import WardDatabase

/// A value whose audit entry is durable. From a route that touches health information nothing else can be sent.
///
/// There is no initialiser that takes a bare value: it comes from ``AuditLog/record(_:releasing:)``, from a commit
/// whose receipt holds the events, or from another audited value by ``map(_:)``.
public struct Audited<Value: Sendable>: Sendable {
    /// The value, now free to leave.
    public let value: Value
    /// The events that are durable.
    public let events: [EventID]

    init(recorded value: Value, events: [EventID]) {
        self.value = value
        self.events = events
    }

    /// A value whose events were committed together with the data.
    /// - Throws: ``AuditError`` with `.noEvidence` where `events` is empty, or one of them is not in the receipt.
    public init(_ value: Value, committed receipt: CommitReceipt, events: [EventID]) throws(AuditError) {
        guard !events.isEmpty, events.allSatisfy(receipt.events.contains) else {
            throw AuditError(.noEvidence, "the commit does not hold the events of this value")
        }
        self.value = value
        self.events = events
    }

    /// Another value that follows from this one, under the same evidence.
    public func map<Other: Sendable, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Other
    ) throws(Failure) -> Audited<Other> {
        Audited<Other>(recorded: try transform(value), events: events)
    }

    /// Several audited values as one.
    /// - Throws: ``AuditError`` with `.noEvidence` where there is none.
    public static func all(_ values: [Audited<Value>]) throws(AuditError) -> Audited<[Value]> {
        guard !values.isEmpty else { throw AuditError(.noEvidence, "no audited value was given") }
        return Audited<[Value]>(recorded: values.map(\.value), events: values.flatMap(\.events))
    }
}
