import Foundation
import Testing
@testable import WardAudit
import WardDatabase

/// Entries as other programs read them.
@Suite struct RenderingTests {
    private func entry(
        _ kind: EventKind = .read, outcome: EventOutcome = .success, reason: String? = nil, position: Int64 = 41,
        name: String = "clara", details: [AuditEvent.Detail] = []
    ) throws -> LogEntry {
        let id = try #require(EventID(LogicalID("018f3c1e-7a10-7abc-8def-0123456789ab")?.uuidBytes ?? []))
        var event = Home.writeEvent()
        event = AuditEvent(
            kind, by: event.origin, record: event.record, patient: event.patient, outcome: outcome, reason: reason,
            status: 200, details: details)
        event.origin.actor?.name = name
        let header = EntryHeader(
            eventID: id, time: 1_767_225_600_123_456, tenant: .first, kind: kind, action: kind.usualAction, outcome: outcome,
            patient: [], agent: [], emitter: .outbox, sequence: 1, digest: [], keyVersion: 1)
        return LogEntry(position: position, header: header, event: event)
    }

    private let format = SyslogFormat(host: "ward 1\n.example.org", log: "audit.test/main", enterprise: 32_473)

    @Test("RFC 5424: header, structured data, and a line of JSON; RFC 5425: its length in bytes before it")
    func syslog() throws {
        let message = String(decoding: format.message(try entry()), as: UTF8.self)
        #expect(message.hasPrefix("""
            <110>1 2026-01-01T00:00:00.123456Z ward1.example.org ward - read [meta sequenceId="42"]\
            [ward@32473 log="audit.test/main" entry="41" event="018f3c1e-7a10-7abc-8def-0123456789ab" outcome="success"] {
            """), "\(message)")
        #expect(message.hasSuffix("}") && message.contains("\"actor\":\"clara\"") && !message.contains("\n"))
        let frame = format.frame(try entry())
        #expect(frame == Array("\(frame.count - 4) ".utf8) + format.message(try entry()))
    }

    @Test("The severity follows the outcome", arguments: [
        (EventOutcome.success, 110), (.minorFailure, 108), (.seriousFailure, 107), (.majorFailure, 106),
    ])
    func severity(outcome: EventOutcome, priority: Int) throws {
        let message = String(decoding: format.message(try entry(outcome: outcome)), as: UTF8.self)
        #expect(message.hasPrefix("<\(priority)>1 "))
    }

    @Test("Text beyond ASCII begins with the byte order mark; nothing in a name ends a message, a line or a field")
    func injection() throws {
        let message = format.message(try entry(name: "a\"]\\\n<110>1 \u{E9}"))
        #expect(message.firstRange(of: [0x20, 0xEF, 0xBB, 0xBF, 0x7B]) != nil)
        #expect(!message.contains(10))
        #expect(SyslogFormat.escaped("a\"]\\\nb") == "a\\\"\\]\\\\b")
    }

    @Test("sequenceId goes from 1 to 2147483647 and from 1 again")
    func sequence() {
        #expect(SyslogFormat.sequence(0) == 1)
        #expect(SyslogFormat.sequence(2_147_483_646) == 2_147_483_647)
        #expect(SyslogFormat.sequence(2_147_483_647) == 1)
    }

    @Test("OCSF: every kind has a class, whose required attributes are there", arguments: EventKind.all)
    func classes(kind: EventKind) throws {
        let bytes = AuditJSON.bytes(OCSFEvent(try entry(kind, details: [.init("what", "x")]), log: "audit.test/main"))
        let event = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        for name in ["activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid", "metadata"] {
            #expect(event[name] != nil, "\(kind): \(name)")
        }
        let place = try #require(event["class_uid"] as? Int)
        #expect(event["type_uid"] as? Int == place * 100 + (event["activity_id"] as? Int ?? -1))
        #expect(event["category_uid"] as? Int == place / 1_000)
        let required = [
            3_001: ["user"], 3_002: ["user", "service"], 3_004: ["entity"], 3_005: ["user"], 6_002: ["app"],
            6_003: ["actor", "api", "src_endpoint"],
        ]
        for name in try #require(required[place]) { #expect(event[name] != nil, "\(kind): \(name)") }
        let metadata = try #require(event["metadata"] as? [String: Any])
        #expect(metadata["version"] as? String == "1.4.0" && metadata["sequence"] as? Int == 41)
        #expect((metadata["product"] as? [String: Any])?["name"] as? String == "Ward")
        #expect(event["time"] as? Int == 1_767_225_600_123)
    }

    @Test("OCSF: a refused sign-in is a failed logon")
    func signIn() throws {
        let event = OCSFEvent(try entry(.signInFailed, outcome: .minorFailure, reason: "password"), log: "l")
        #expect(event.typeUid == 300_201 && event.statusId == 2 && event.statusDetail == "password" && event.severityId == 2)
    }

    @Test("A table: no field begins a formula in a spreadsheet, and none ends a row", arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u{FF1D}1+1",
    ])
    func formulas(name: String) throws {
        let row = AuditTable.row(AuditLine(1, try entry(name: name).header, try entry(name: name).event))
        #expect(row.contains("'" + name))
        #expect(!row.contains("," + name))
    }

    @Test("A table: quotation marks, commas and line ends stay inside a field (RFC 4180)")
    func quoting() {
        #expect(AuditTable.row(["a,b", "c\"d", "e\r\nf", "g"]) == "\"a,b\",\"c\"\"d\",\"e\r\nf\",g\r\n")
    }
}
