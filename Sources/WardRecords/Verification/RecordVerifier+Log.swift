internal import WardAudit
internal import WardDatabase
internal import WardVault

/// What the audit log tells of writes, against the versions that are there.
extension RecordVerifier {
    /// Compares with the outbox, then with the log as far as it then goes.
    func compareLog(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { break }
            for row in rows {
                var once: Set<String> = []
                try await compare(row.event.entry, &seen, &once, &report)
            }
            after = last.number
        }
        let end = try await log.state().nextPosition
        var reread: Set<String> = []
        var position: Int64 = 0
        while position < end {
            let block = try await log.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count {
                // What came after the end may tell of versions later than those that were read anew.
                guard block.positions[index] < end else { break }
                try await compare(Array(block[index]), &seen, &reread, &report)
            }
            position = block.positions[block.count - 1] + 1
        }
        let expired = try await newestExpired()
        if let expired { seen.shredding.believeOrders(through: expired + Self.tolerance) }
        for (record, versions) in seen.records where !record.hasPrefix("_") {
            for version in versions.numbers.subtracting(versions.told).sorted() {
                if let expired, let time = versions.times[version], time <= expired + Self.tolerance {
                    report.expired += 1
                    continue
                }
                report.add(RecordFault(
                    kind: .inserted, record: record, version: version, what: "the audit log tells of no such write"))
            }
        }
    }

    /// How far the time of a version and that of its entry may lie apart, in microseconds.
    private static let tolerance: Int64 = 60_000_000

    /// The time of the newest entry that expired, as a signed tombstone says it; nil where none did.
    private func newestExpired() async throws -> Int64? {
        guard let logKey else { return nil }
        return try await Tombstone.newest(in: log, publicKey: logKey)?.newest
    }

    /// - Parameter reread: records of which all versions were read since the end of the log was found: no newer one can
    ///   be told of.
    private func compare(
        _ entry: [UInt8], _ seen: inout SeenVersions, _ reread: inout Set<String>, _ report: inout RecordReport
    ) async throws {
        guard let header = try? EntryHeader(parsing: entry), header.digest.contains(where: { $0 != 0 }),
            let opened = try? entries.open(entry), let record = opened.event.record, let id = record.id
        else { return }
        seen.shredding.take(opened.event)
        report.events += 1
        let name = "\(record.type)/\(id)"
        // Events of collections name no version: it is found by the digest.
        let version = record.version
        var comparison = seen.compare(name, version: version, digest: header.digest)
        if case .missing = comparison, reread.insert(name).inserted {
            // It may have been written since the versions were read.
            let key = RecordKey(tenant: vault.tenant, type: record.type, id: id)
            seen.addLater(try await records.marks(of: key), of: key)
            comparison = seen.compare(name, version: version, digest: header.digest)
        }
        switch comparison {
        case .same: break
        case .missing where version != nil:
            report.add(RecordFault(
                kind: .removed, record: name, version: version ?? 0,
                what: "the audit log tells of this version and it is not there"))
        case .missing where seen.records[name] == nil:
            report.add(RecordFault(
                kind: .removed, record: name, version: 0, what: "the audit log tells of it and it is not there"))
        case .different, .missing:
            report.add(RecordFault(
                kind: .changed, record: name, version: version ?? 0,
                what: "the sealed bytes are not those that the audit log tells of"))
        }
    }
}
