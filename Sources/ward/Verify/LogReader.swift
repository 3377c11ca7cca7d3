internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardKeys
internal import WardSQLite

/// Reads entries of a home's log with the audit key, beside a running server.
struct LogReader: Sendable {
    let home: Home
    let passphraseFile: String?

    /// An entry in words. It names records by reference and searches by parameter names.
    struct Line: Encodable, Sendable {
        var entry: Int64
        /// The id of the event, by which `ward audit proof` finds it.
        var id: String
        var time: String
        var event: String
        var action: String
        var outcome: String
        var actor: String?
        var role: String?
        var source: String?
        var purpose: String?
        var record: String?
        var patient: String?
        var query: [String]
        var count: Int?
        var status: Int?
        var reason: String?
        var request: String?

        var text: String {
            [
                "\(entry)", time, event, outcome, actor ?? "-", source ?? "-", record ?? "-", reason ?? "",
                query.isEmpty ? "" : "by \(query.joined(separator: ","))",
            ].filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }

    /// The newest entries, oldest of them first.
    func newest(_ count: Int) async throws -> [Line] {
        let configuration = try WardConfiguration(home: home)
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: passphraseFile)
        let sealer = EntrySealer(
            origin: try LogOrigin(deployment: HomeKeys.deployment(of: keyring)),
            keys: try AuditKeys(tenant: try keyring.tenant(TenantID.first.rawValue)))
        let store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
        let end = try await store.state().nextPosition
        var position = max(0, end - Int64(count))
        var lines: [Line] = []
        while position < end {
            let block = try await store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count {
                let (header, event) = try sealer.open(Array(block[index]))
                lines.append(Self.line(block.positions[index], header, event))
            }
            position = block.positions[block.count - 1] + 1
        }
        await store.close()
        return lines
    }

    private static func line(_ position: Int64, _ header: EntryHeader, _ event: AuditEvent) -> Line {
        let record = event.record.map { record in
            record.type + (record.id.map { "/\($0)" } ?? "") + (record.version.map { "/_history/\($0)" } ?? "")
        }
        return Line(
            entry: position, id: LogicalID(uuid: header.eventID.bytes).text,
            time: FHIRInstant.text(microseconds: header.time), event: header.kind.description,
            action: header.action.description, outcome: header.outcome.description, actor: event.origin.actor?.name,
            role: event.origin.actor?.roles.first, source: event.origin.source, purpose: event.origin.purposes.first,
            record: record, patient: event.patient.map { "Patient/\($0)" }, query: event.query.map(\.name), count: event.count,
            status: event.status, reason: event.reason, request: event.origin.requestID)
    }
}
