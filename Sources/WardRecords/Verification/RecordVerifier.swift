internal import Crypto
public import WardAudit
public import WardDatabase
public import WardSearch
public import WardVault

/// Opens every version of every record and compares it with the audit log and the blind index: what was changed,
/// removed, put in or set back is named.
///
/// It reads only, and works beside a running server. It reads the versions that are there when it begins, page by page
/// and without holding the store at one moment; then the outbox, then the log, so every version that was read has its
/// event in one of the two. What looks wrong because a write came in between is read anew, all versions of the record
/// at one moment, before it is named.
///
/// A version whose entry has expired is compared with nothing but its own seal: that it was written before the newest entry
/// that expired is all there is to say of it (``RecordReport/expired``).
public struct RecordVerifier: Sendable {
    /// Faults that are listed.
    public static let faultBound = 1_000
    /// Rows of a page.
    static let pageRows = 500

    let vault: Vault
    let records: any RecordStore
    let log: any AuditStore
    let entries: EntrySealer
    let gate: PermitGate
    let logKeys: CheckpointKeys?
    let collections: [String: any IndexedCollection]
    let clock: any WallClock

    /// A verifier of a home's records against its log.
    /// - Parameters:
    ///   - collections: all that have lookup fields; others must have no tokens.
    ///   - logKeys: of the log's checkpoints: what its tombstones are checked with. Without them none is believed.
    public init(
        vault: Vault, records: any RecordStore, log: any AuditStore, entries: EntrySealer,
        collections: [any IndexedCollection], logKeys: CheckpointKeys? = nil, catalog: SearchCatalog = .r4,
        clock: any WallClock = SystemWallClock()
    ) {
        self.collections = collections.reduce(into: [:]) { $0[$1.name] = $1 }
        self.vault = vault
        self.records = records
        self.log = log
        self.entries = entries
        self.logKeys = logKeys
        self.clock = clock
        self.gate = PermitGate(catalog: catalog)
    }

    /// Reads everything, or what the scope says.
    /// - Throws: ``DatabaseError`` or ``VaultError`` where the stores or the keys cannot be read; what is wrong with
    ///   the records themselves is in the report.
    public func verify(_ scope: VerificationScope = .everything) async throws -> RecordReport {
        var report = RecordReport()
        var seen = SeenVersions()
        guard try await checkStore(&report) else { return report }
        switch scope {
        case .everything: try await verifyAll(&seen, &report)
        case .since(let time):
            let end = try await records.newestSequence()
            let first = try await records.firstSequence(since: time)
            try await read(after: first.map { max(1, $0) - 1 } ?? end, through: end, &seen, &report)
            try await checkStanding(&seen, &report)
            try await compareLog(&seen, &report, from: try await place(of: time))
        case .sample(let count):
            var generator = SystemRandomNumberGenerator()
            try await readSample(count, &generator, &seen, &report)
            try await checkStanding(&seen, &report)
            try await compareSample(&seen, &report)
        }
        if !report.isOfUnknownEpoch { try await requireSameEpochs(report) }
        return report
    }

    private func verifyAll(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        async let strays = strays()
        try await read(after: 0, through: try await records.newestSequence(), &seen, &report)
        try await checkStanding(&seen, &report)
        // Before the log is read: who is shredded meanwhile is ordered to be in what is read of it.
        seen.shredding.marked = try await marked()
        try await compareLog(&seen, &report)
        try await checkShredding(seen, &report)
        try await checkKeys(&report)
        for fault in try await strays { report.add(fault) }
    }

    private func read(
        after: Int64, through end: Int64, _ seen: inout SeenVersions, _ report: inout RecordReport
    ) async throws {
        var after = after
        while after < end {
            let page = try await records.scan(after: after, limit: Self.pageRows).through(end)
            guard let last = page.last else { break }
            try await check(page.rows, &seen, &report)
            add(page.damaged, &report)
            after = last
        }
    }

    /// Opens versions and compares each with what is kept beside it.
    func check(_ rows: [StoredRecord], _ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        var page = IndexChecks()
        for row in rows {
            try await check(row, &seen, &page, &report)
            if page.isFull { try await compare(&page, &report) }
        }
        try await compare(&page, &report)
    }

    private func check(
        _ row: StoredRecord, _ seen: inout SeenVersions, _ page: inout IndexChecks, _ report: inout RecordReport
    ) async throws {
        report.versions += 1
        let digest = Array(SHA256.hash(data: row.sealed))
        seen.add(row, digest: digest)
        if digest != row.digest { report.add(.changed, row, "the digest beside the sealed bytes is another one") }
        do {
            let opened = try await vault.open(row)
            if let patient = row.patient { seen.shredding.opened.insert(patient) }
            if row.updatedAt < clock.now() - AuditRetention.floor {
                seen.date(row)
                seen.shredding.take(opened)
            }
            try await checkFilter(row, opened, &page, &report)
        } catch let error as VaultError {
            switch error.code {
            case .notAuthentic:
                report.add(.changed, row, "it cannot be opened: the bytes or the row beside them were changed")
            case .keyMissing: report.add(.keyMissing, row, "its data key is missing")
            case .shredded:
                report.shredded += 1
                seen.withdraw(row)
                // Nothing but the row says when it was written; but it holds nothing that anybody can read.
                if row.updatedAt < clock.now() - AuditRetention.floor { seen.date(row) }
            default: throw error
            }
        }
    }

    /// Versions must follow one another, and the newest alone be current.
    func checkStanding(_ seen: inout SeenVersions, _ report: inout RecordReport) async throws {
        for (name, versions) in seen.records {
            if case .right = versions.standing { continue }
            // A write between two pages looks like this too.
            let marks = try await records.marks(of: versions.key)
            // It may have been swept since it was read.
            if marks.isEmpty, try await isSweptCollection(versions.key.type) { continue }
            switch SeenVersions.Standing(marks, withdrawn: versions.withdrawn) {
            case .right: continue
            case .versionsMissing(let newest):
                report.add(RecordFault(
                    kind: .removed, record: name, version: newest, what: "earlier versions are missing"))
            case .wrongCurrent(let newest):
                // So does a shredding.
                if let patient = versions.patient, try await vault.isDestroyed(patient) { continue }
                report.add(RecordFault(
                    kind: .rolledBack, record: name, version: newest,
                    what: "the newest version does not count as the current one"))
            }
        }
    }
}

extension RecordReport {
    mutating func add(_ fault: RecordFault) {
        if faults.count < RecordVerifier.faultBound { faults.append(fault) }
    }

    mutating func addUnused(_ key: String) {
        unusedKeyCount += 1
        if unusedKeys.count < RecordVerifier.faultBound { unusedKeys.append(key) }
    }

    mutating func add(_ kind: RecordFault.Kind, _ row: StoredRecord, _ what: String) {
        add(RecordFault(kind: kind, record: row.key.description, version: row.version, what: what))
    }
}
