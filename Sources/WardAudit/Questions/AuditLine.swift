internal import WardDatabase

/// An entry in words. It names records by reference and searches by parameter names.
public struct AuditLine: Sendable, Codable, Equatable {
    /// The position in the log.
    public var entry: Int64
    /// The id of the event, by which `ward audit proof` finds it.
    public var id: String
    /// RFC 3339.
    public var time: String
    public var event: String
    public var action: String
    public var outcome: String
    public var actor: String?
    public var actorId: String?
    public var role: String?
    public var session: String?
    public var client: String?
    public var source: String?
    public var purpose: String?
    public var interaction: String?
    public var record: String?
    public var patient: String?
    public var query: [String]
    public var count: Int?
    public var status: Int?
    public var reason: String?
    public var request: String?
    /// Further facts, `name=value`.
    public var details: [String]

    /// The line of an opened entry.
    public init(_ position: Int64, _ header: EntryHeader, _ event: AuditEvent) {
        let origin = event.origin
        entry = position
        id = LogicalID(uuid: header.eventID.bytes).text
        time = LogTime.text(header.time)
        self.event = header.kind.description
        action = header.action.description
        outcome = header.outcome.description
        actor = origin.actor?.name
        actorId = origin.actor?.id
        role = origin.actor?.roles.first
        session = origin.session
        client = origin.client
        source = origin.source
        purpose = origin.purposes.first
        interaction = event.interaction
        record = event.record.map { record in
            record.type + (record.id.map { "/\($0)" } ?? "") + (record.version.map { "/_history/\($0)" } ?? "")
        }
        patient = event.patient.map { "Patient/\($0)" }
        query = event.query.map(\.name)
        count = event.count
        status = event.status
        reason = event.reason
        request = origin.requestID
        details = event.details.map { "\($0.name)=\($0.value)" }
    }

    /// One line for people.
    public var text: String {
        let what = interaction.map { "\(event):\($0)" } ?? event
        let fields: [String] = [
            "\(entry)", time, what, outcome, actor ?? actorId ?? "-", role ?? "-", source ?? "-", record ?? "-",
            patient.map { $0 == record ? "" : "of \($0)" } ?? "", reason ?? "",
            query.isEmpty ? "" : "by \(query.joined(separator: ","))", count.map { "count=\($0)" } ?? "",
            details.joined(separator: " "),
        ]
        return fields.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}

/// Rows of text for spreadsheets.
///
/// Source: RFC 4180. A field that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV
/// Injection").
public enum AuditTable {
    /// The names of the columns.
    public static let columns = [
        "entry", "id", "time", "event", "action", "outcome", "actor", "actor_id", "role", "session", "client", "source",
        "purpose", "interaction", "record", "patient", "query", "count", "status", "reason", "request", "details",
    ]

    /// The columns' names, with the line end.
    public static var heading: String { row(columns) }

    /// An entry, with the line end.
    public static func row(_ line: AuditLine) -> String {
        row([
            "\(line.entry)", line.id, line.time, line.event, line.action, line.outcome, line.actor, line.actorId,
                line.role,
            line.session, line.client, line.source, line.purpose, line.interaction, line.record, line.patient,
            line.query.joined(separator: " "), line.count.map(String.init), line.status.map(String.init), line.reason,
            line.request, line.details.joined(separator: " "),
        ].map { $0 ?? "" })
    }

    /// Fields of a row, with the line end.
    public static func row(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first,
            "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first) { text = "'" + text }
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
