internal import WardAudit
internal import WardDatabase
internal import WardVault

/// What the audit log tells of writes, against the versions that are there.
extension RecordVerifier {
    /// How much earlier than a version its event may be dated.
    private static let clockTolerance: Int64 = 600_000_000

    /// Compares with the outbox, then with the log from a place on as far as it then goes.
    func compareLog(_ seen: inout SeenVersions, _ report: inout RecordReport, from start: Int64 = 0) async throws {
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { break }
            for row in rows {
                var once: Set<String> = []
                try await compare(row.event.entry, number: row.number, &seen, &once, &report)
            }
            after = last.number
        }
        let end = try await log.state().nextPosition
        var reread: Set<String> = []
        var position = start
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
        try await addUntold(&seen, &report)
    }

    /// Where in the log that begins which tells of versions of this time and later.
    func place(of time: Int64) async throws -> Int64 {
        try await TimeSearch(store: log).position(of: time - Self.clockTolerance)
    }

    /// Compares the versions of a sample with the entries that tell of them; whatever else the log tells is passed over.
    func compareSample(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        let wanted = seen.digests
        var reread: Set<String> = []
        var after: Int64 = 0
        while let rows = try await nextOutbox(after) {
            for row in rows where Self.tells(row.event.entry, of: wanted) {
                try await compare(row.event.entry, number: row.number, &seen, &reread, &report)
            }
            after = rows[rows.count - 1].number
        }
        let end = try await log.state().nextPosition
        var position: Int64 = 0
        while position < end {
            let block = try await log.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count where Self.tells(Array(block[index]), of: wanted) {
                try await compare(Array(block[index]), &seen, &reread, &report)
            }
            position = block.positions[block.count - 1] + 1
        }
        try await addUntold(&seen, &report)
    }

    /// `Type/id/version` of the resource's version that an entry tells of; nil where it tells of none.
    func told(by entry: [UInt8]) -> String? {
        guard let header = try? EntryHeader(parsing: entry), header.digest.contains(where: { $0 != 0 }),
            let record = try? entries.open(entry).event.record, let id = record.id, let version = record.version,
            !record.type.hasPrefix("_")
        else { return nil }
        return "\(record.type)/\(id)/\(version)"
    }

    private func nextOutbox(_ after: Int64) async throws -> [OutboxRow]? {
        let rows = try await records.outbox(after: after, limit: 1_000)
        return rows.isEmpty ? nil : rows
    }

    private static func tells(_ entry: [UInt8], of digests: Set<SIMD2<UInt64>>) -> Bool {
        guard let header = try? EntryHeader(parsing: entry) else { return false }
        return digests.contains(SeenVersions.half(header.digest))
    }

    private func addUntold(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        for fault in seen.holds.faults { report.add(fault) }
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
    static let tolerance: Int64 = 60_000_000

    /// The time of the newest entry that expired, as a signed tombstone says it; nil where none did.
    func newestExpired() async throws -> Int64? {
        guard let logKeys else { return nil }
        return try await Tombstone.newest(in: log, keys: logKeys)?.newest
    }

    /// - Parameters:
    ///   - number: that of the row where the entry lies in the outbox; in the log it stands in its header.
    ///   - reread: records of which all versions were read since the end of the log was found: no newer one can be told of.
    /// - Returns: what the entry tells of, where it tells of a version.
    @discardableResult
    func compare(
        _ entry: [UInt8], number: Int64? = nil, _ seen: inout SeenVersions, _ reread: inout Set<String>, _ report: inout RecordReport
    ) async throws -> RecordReference? {
        guard let header = try? EntryHeader(parsing: entry), header.digest.contains(where: { $0 != 0 }),
            let opened = try? entries.open(entry), let record = opened.event.record, let id = record.id
        else { return nil }
        seen.shredding.take(opened.event)
        report.events += 1
        let name = "\(record.type)/\(id)"
        // Events of collections name no version: it is found by the digest.
        let version = record.version
        var comparison = seen.compare(name, version: version, digest: header.digest)
        if case .missing = comparison, isSwept(record.type, header.time, seen) { return record }
        if case .missing = comparison, reread.insert(name).inserted {
            // It may have been written since the versions were read.
            let key = RecordKey(tenant: vault.tenant, type: record.type, id: id)
            seen.addLater(try await records.marks(of: key), of: key)
            comparison = seen.compare(name, version: version, digest: header.digest)
        }
        if case .missing = comparison {
            try await readSweepMark(of: record.type, &seen)
            if isSwept(record.type, header.time, seen) { return record }
        }
        let fault = fault(comparison, name, version, isKnown: seen.records[name] != nil)
        if record.type == LegalHold.collectionName {
            // Only its newest event says whether records and log agree on it.
            seen.holds.note(name, number: number.map { UInt64(clamping: $0) } ?? header.sequence, fault: fault)
        } else if let fault {
            report.add(fault)
        }
        return record
    }

    /// What a comparison says of a version that the log tells of; nil where it is as it must be.
    /// - Parameter isKnown: whether any version of the record is there.
    private func fault(
        _ comparison: SeenVersions.Comparison, _ name: String, _ version: UInt64?, isKnown: Bool
    ) -> RecordFault? {
        switch comparison {
        case .same: nil
        case .missing where version != nil:
            RecordFault(
                kind: .removed, record: name, version: version ?? 0, what: "the audit log tells of this version and it is not there")
        case .missing where !isKnown:
            RecordFault(kind: .removed, record: name, version: 0, what: "the audit log tells of it and it is not there")
        case .different, .missing:
            RecordFault(
                kind: .changed, record: name, version: version ?? 0, what: "the sealed bytes are not those that the audit log tells of")
        }
    }
}
