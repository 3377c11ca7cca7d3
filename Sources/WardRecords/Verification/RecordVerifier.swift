internal import Crypto
public import WardAudit
public import WardDatabase
internal import WardFHIR
public import WardSearch
public import WardVault

/// Opens every version of every record and compares it with the audit log: what was changed, removed, put in or set back is named.
///
/// It reads only, and works beside a running server: versions are read first, then the outbox, then the log, so every version that was read
/// has its event in one of the two.
public struct RecordVerifier: Sendable {
    /// Faults that are listed.
    public static let faultBound = 1_000

    private let vault: Vault
    private let records: any RecordStore
    private let log: any AuditStore
    private let entries: EntrySealer
    private let gate: PermitGate

    /// A verifier of a home's records against its log.
    public init(
        vault: Vault, records: any RecordStore, log: any AuditStore, entries: EntrySealer, catalog: SearchCatalog = .r4
    ) {
        self.vault = vault
        self.records = records
        self.log = log
        self.entries = entries
        self.gate = PermitGate(catalog: catalog)
    }

    /// Reads everything.
    /// - Throws: ``DatabaseError`` or ``VaultError`` where the stores or the keys cannot be read; what is wrong with the records themselves is
    ///   in the report.
    public func verify() async throws -> RecordReport {
        var report = RecordReport()
        var seen = SeenVersions()
        var after: Int64 = 0
        while true {
            let rows = try await records.scan(after: after, limit: 500)
            guard let last = rows.last else { break }
            for row in rows { try await check(row, &seen, &report) }
            after = last.sequence
        }
        checkCurrent(seen, &report)
        try await compare(&seen, &report)
        return report
    }

    private func check(_ row: StoredRecord, _ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        report.versions += 1
        let digest = Array(SHA256.hash(data: row.sealed))
        seen.add(row, digest: digest)
        if digest != row.digest { add(.changed, row, "the digest beside the sealed bytes is another one", &report) }
        do {
            let opened = try await vault.open(row)
            try await checkFilter(row, opened, &report)
        } catch let error as VaultError {
            switch error.code {
            case .notAuthentic: add(.changed, row, "it cannot be opened: the bytes or the row beside them were changed", &report)
            case .keyMissing: add(.keyMissing, row, "its data key is missing", &report)
            default: throw error
            }
        }
    }

    private func checkFilter(_ row: StoredRecord, _ opened: OpenedRecord, _ report: inout RecordReport) async throws {
        guard !row.filter.isEmpty else { return }
        let kept: [UInt8]
        do {
            kept = try await vault.filter(of: row)
        } catch let error where error.code == .notAuthentic {
            return add(.changed, row, "its filter record cannot be opened", &report)
        }
        guard row.isCurrent, !row.isDeleted, let made = try? gate.filter(of: opened) else { return }
        if made != kept { add(.index, row, "its filter record holds other values than the resource", &report) }
    }

    private func checkCurrent(_ seen: SeenVersions, _ report: inout RecordReport) {
        for (record, versions) in seen.records {
            let newest = versions.numbers.max() ?? 0
            if versions.numbers.count != Int(newest) {
                report.add(RecordFault(kind: .removed, record: record, version: newest, what: "earlier versions are missing"))
            }
            if versions.current != [newest] {
                report.add(RecordFault(
                    kind: .rolledBack, record: record, version: newest, what: "the newest version does not count as the current one"))
            }
        }
    }

    /// Compares with the outbox, then with the log.
    private func compare(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { break }
            for row in rows { try await compare(row.event.entry, &seen, &report) }
            after = last.number
        }
        var position: Int64 = 0
        while true {
            let block = try await log.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count { try await compare(Array(block[index]), &seen, &report) }
            position = block.positions[block.count - 1] + 1
        }
        for (record, versions) in seen.records where !record.hasPrefix("_") {
            for version in versions.numbers.subtracting(versions.told).sorted() {
                report.add(RecordFault(
                    kind: .inserted, record: record, version: version, what: "the audit log tells of no such write"))
            }
        }
    }

    private func compare(_ entry: [UInt8], _ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        guard let header = try? EntryHeader(parsing: entry), header.digest.contains(where: { $0 != 0 }),
            let opened = try? entries.open(entry), let record = opened.event.record, let id = record.id
        else { return }
        report.events += 1
        let name = "\(record.type)/\(id)"
        // Events of collections name no version: it is found by the digest.
        let version = record.version
        switch seen.compare(name, version: version, digest: header.digest) {
        case .same: break
        case .different:
            report.add(RecordFault(
                kind: .changed, record: name, version: version ?? 0, what: "the sealed bytes are not those that the audit log tells of"))
        case .missing:
            let key = RecordKey(tenant: vault.tenant, type: record.type, id: id)
            if let version, try await records.version(version, of: key) != nil { return }
            report.add(RecordFault(
                kind: .removed, record: name, version: version ?? 0, what: "the audit log tells of this version and it is not there"))
        }
    }

    private func add(_ kind: RecordFault.Kind, _ row: StoredRecord, _ what: String, _ report: inout RecordReport) {
        report.add(RecordFault(kind: kind, record: row.key.description, version: row.version, what: what))
    }
}

extension RecordReport {
    mutating func add(_ fault: RecordFault) {
        if faults.count < RecordVerifier.faultBound { faults.append(fault) }
    }
}
