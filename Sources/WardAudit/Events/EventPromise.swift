/// A kind of event that a route or a command may write, and when it does. Together with the place it is a row of the
/// table in docs/safeguards/audit.md, which is made from these.
public struct EventPromise: Sendable, Hashable {
    /// The kind.
    public let kind: EventKind
    /// When it is written, in words that follow the name of the place, such as "the name, password and code are right".
    public let moment: String

    /// A promise; see the properties.
    public init(_ kind: EventKind, _ moment: String) {
        self.kind = kind
        self.moment = moment
    }
}

/// A place at which somebody can make the program do something, and every event that it may write there.
public struct AuditedPlace: Sendable, Hashable {
    /// Such as `POST /auth/sign-in` or `ward user add`.
    public let name: String
    /// Empty: nothing of it is written.
    public let events: [EventPromise]

    /// A place; see the properties.
    public init(_ name: String, _ events: [EventPromise]) {
        self.name = name
        self.events = events
    }
}
