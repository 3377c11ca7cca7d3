public import WardDatabase

/// The facts of something that happened, to be sealed into an entry of the audit log.
///
/// It holds references and never contents: no value of any resource, no text of any search. Everything but kind,
/// action, outcome and tenant is sealed; patient and actor stand in the clear header only as pseudonyms. It has no id
/// and no time: both are given when it is sealed, so an event that is sealed twice makes two entries.
///
/// ```swift
/// var event = AuditEvent(.read, by: origin)
/// event.record = .init(type: "Observation", id: id, version: 3)
/// event.patient = patient
/// ```
public struct AuditEvent: Sendable, Equatable {
    public var kind: EventKind
    /// The kind's usual action unless set.
    public var action: EventAction
    public var outcome: EventOutcome
    /// Who did it, from where, why.
    public var origin: EventOrigin
    /// The FHIR or system interaction by name, where the kind does not say it, such as `$export`.
    public var interaction: String?
    /// The patient whose record it is about. A result with several patients makes one event each: ``perPatient(_:)``.
    public var patient: LogicalID?
    /// What was touched.
    public var record: RecordReference?
    /// A short code of why it ended as it did, such as `scope` or `not-found`; never free text.
    public var reason: String?
    /// The HTTP status of the answer.
    public var status: Int?
    /// Parameters of a search; their values are kept only as keyed digests.
    public var query: [QueryParameter]
    /// How many resources the answer held, or how many were written.
    public var count: Int?
    /// Further facts by name, such as the name of a changed configuration key; never contents of a record.
    public var details: [Detail]
    /// Fields of a stored entry that this program does not know; they are kept as they are.
    public internal(set) var unknown: [UnknownField] = []

    /// An event that succeeded, unless said otherwise.
    public init(
        _ kind: EventKind, by origin: EventOrigin, record: RecordReference? = nil, patient: LogicalID? = nil,
        outcome: EventOutcome = .success, reason: String? = nil, status: Int? = nil, query: [QueryParameter] = [],
        count: Int? = nil, details: [Detail] = []
    ) {
        self.kind = kind
        self.action = kind.usualAction
        self.outcome = outcome
        self.origin = origin
        self.patient = patient
        self.record = record
        self.reason = reason
        self.status = status
        self.query = query
        self.count = count
        self.details = details
    }

    /// A fact by name.
    public struct Detail: Sendable, Hashable {
        public var name: String
        public var value: String

        /// A fact; neither part may hold contents of a record.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A field that a newer program wrote.
    public struct UnknownField: Sendable, Hashable {
        public var tag: UInt8
        public var value: [UInt8]
    }
}

extension AuditEvent {
    /// The same event once for each distinct patient of a result, in the order given; once without a patient where
    /// there is none.
    public func perPatient(_ patients: some Sequence<LogicalID?>) -> [AuditEvent] {
        var seen: Set<LogicalID> = []
        var events: [AuditEvent] = []
        for case let patient? in patients where seen.insert(patient).inserted {
            var event = self
            event.patient = patient
            events.append(event)
        }
        return events.isEmpty ? [self] : events
    }

    /// The same event, ended otherwise.
    public func ended(_ outcome: EventOutcome, reason: String, status: Int? = nil) -> AuditEvent {
        var event = self
        event.outcome = outcome
        event.reason = reason
        event.status = status ?? self.status
        return event
    }
}

/// A reference to a record, and to one version of it where known.
public struct RecordReference: Sendable, Hashable {
    /// The resource type, or the name of a sealed collection such as `_user`.
    public var type: String
    /// Nil where the event is about the type, as in a search.
    public var id: LogicalID?
    public var version: UInt64?

    /// A reference; see the properties.
    public init(type: String, id: LogicalID? = nil, version: UInt64? = nil) {
        self.type = type
        self.id = id
        self.version = version
    }
}

/// A parameter of a search as the log keeps it: its name, and a keyed digest of its value, by which equal searches
/// show and a guess can be checked by who holds the audit key. The value itself does not reach the log.
public struct QueryParameter: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The name with its modifier, such as `name:exact`.
    public let name: String
    /// Eight bytes, where it was read from the log.
    public internal(set) var digest: [UInt8]?
    /// The value, where it was not yet sealed.
    let value: String?

    /// A parameter of a search that is made now.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    init(name: String, digest: [UInt8]) {
        self.name = name
        self.digest = digest
        value = nil
    }

    /// The name with the digest, as `name=0011223344556677`; the name alone where it was not yet sealed.
    public var written: String { digest.map { "\(name)=\(Hex.text($0))" } ?? name }

    /// The name alone.
    public var description: String { name }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
