internal import FoundationEssentials

/// Writes entries as syslog messages: one line of JSON with the facts, and structured data with what a receiver needs
/// to order them, to see a gap and to drop a double.
///
/// Sources: RFC 5424; RFC 5425 §4.3 (octet counting).
public struct SyslogFormat: Sendable {
    private let host: String
    private let log: String
    private let enterprise: Int

    /// Facility 13, log audit.
    static let facility = 13

    /// A format.
    /// - Parameters:
    ///   - host: the name of this machine.
    ///   - log: what the log is called, `audit.<deployment>/<log>`.
    ///   - enterprise: the private enterprise number (IANA) under which the structured data stands.
    public init(host: String, log: String, enterprise: Int) {
        let printable = host.unicodeScalars.filter { (33...126).contains($0.value) }.prefix(255)
        self.host = printable.isEmpty ? "-" : String(String.UnicodeScalarView(printable))
        self.log = log
        self.enterprise = enterprise
    }

    /// The message with its length before it.
    func frame(_ entry: LogEntry) -> [UInt8] {
        let message = message(entry)
        return Array("\(message.count) ".utf8) + message
    }

    /// `<PRI>1 TIME HOST ward - KIND [meta …][ward@N …] {…}`.
    func message(_ entry: LogEntry) -> [UInt8] {
        let header = entry.header
        let priority = Self.facility * 8 + Self.severity(header.outcome)
        let line = AuditLine(entry.position, header, entry.event)
        let facts = [("log", log), ("entry", String(entry.position)), ("event", line.id), ("outcome", line.outcome)]
            .map { " \($0)=\"\(Self.escaped($1))\"" }.joined()
        let head = "<\(priority)>1 \(line.time) \(host) ward - \(header.kind) "
            + "[meta sequenceId=\"\(Self.sequence(entry.position))\"][ward@\(enterprise)\(facts)] "
        let body = AuditJSON.bytes(line)
        // RFC 5424 §6.4: text that is more than ASCII begins with the byte order mark.
        let mark: [UInt8] = body.allSatisfy { $0 < 128 } ? [] : [0xEF, 0xBB, 0xBF]
        return Array(head.utf8) + mark + body
    }

    /// RFC 5424 §7.3.1: from 1 to 2147483647, and from 1 again.
    static func sequence(_ position: Int64) -> Int64 { position % 2_147_483_647 + 1 }

    private static func severity(_ outcome: EventOutcome) -> Int {
        switch outcome {
        case .success: 6
        case .minorFailure: 4
        case .seriousFailure: 3
        default: 2
        }
    }

    /// RFC 5424 §6.3.3: quotation mark, backslash and closing bracket get a backslash; control characters none of us
    /// writes are left out.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars where scalar.value >= 32 && scalar.value != 127 {
            if "\"\\]".unicodeScalars.contains(scalar) { out += "\\" }
            out.unicodeScalars.append(scalar)
        }
        return out
    }
}

/// The JSON in which lines and OCSF events are written: one line, members in order of their names.
enum AuditJSON {
    static func bytes(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Values of these types hold nothing that JSON cannot write.
        return Array((try? encoder.encode(value)) ?? Data("{}".utf8))
    }
}
