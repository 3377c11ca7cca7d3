internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardIdentity
internal import WardVault

/// The store by itself: its tables, rows that cannot be read as versions, and what waits for the log.
extension RecordVerifier {
    /// What a record may be of: resource types, and the sealed collections of a home.
    private static let types = Set(FHIRDefinitions.r4.resourceTypes).union([
        User.collectionName, Session.collectionName, Passkey.collectionName, Client.collectionName, Grant.collectionName,
        UsedAssertion.collectionName, LaunchContext.collectionName, SweepMark.collectionName, ShredRequest.collectionName,
        LegalHold.collectionName,
    ])

    /// Names what of the stores' own tables is not as this program makes it: of records and index, and of the keys.
    /// - Returns: whether the rest can be read.
    func checkStore(_ report: inout RecordReport) async throws -> Bool {
        // What is in the log was counted before it is compared with the counter.
        let relayed = try await log.state().cursor.number
        var flaws = try await records.flaws(relayed: relayed, types: Self.types)
        for flaw in try await vault.keyFlaws() { flaws.append(StoreFlaw("keys.db \(flaw.place)", flaw.what, isFatal: flaw.isFatal)) }
        for flaw in flaws { report.add(RecordFault(flaw)) }
        guard !flaws.contains(where: \.isFatal) else { return false }
        try await checkOutbox(known: Set(flaws.map(\.place)), &report)
        let state = try await records.indexState()
        // The keys of an epoch are made before the store hears of it.
        let known = Set(vault.indexEpochs.map(\.number))
        if let newest = known.max(), state.epoch > newest || !known.contains(state.older ?? state.epoch) {
            report.isOfUnknownEpoch = true
            report.add(RecordFault(
                kind: .store, record: "token_epoch", version: 0,
                what: "the records have epoch \(state.epoch) of the index, the keyring \(newest): they are not of one time"))
        }
        return true
    }

    /// Names a row that cannot be read as a version.
    func add(_ damaged: [DamagedRow], _ report: inout RecordReport) {
        for row in damaged {
            report.versions += 1
            report.add(RecordFault(
                kind: .changed, record: row.key?.description ?? "sequence \(row.sequence)", version: 0,
                what: row.key == nil ? row.what : "\(row.what) (sequence \(row.sequence))"))
        }
    }

    /// A version, read anew; nil where it is gone, or cannot be read, which is named where it is scanned.
    func row(_ sequence: Int64) async throws -> StoredRecord? {
        do throws(DatabaseError) {
            return try await records.records([sequence]).first
        } catch {
            guard error.code == .damaged else { throw error }
            return nil
        }
    }

    /// Names rows of the outbox that are no events of this log: the relay stops at them, and so does a server that starts.
    /// - Parameter known: places that are named already.
    private func checkOutbox(known: Set<String>, _ report: inout RecordReport) async throws {
        guard try await !records.outbox(after: 0, limit: 1).isEmpty else { return }
        var outbox = try await OutboxCheck(of: log, sealer: entries)
        var after: Int64 = 0
        while true {
            let rows = try await records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { return }
            for (number, what) in outbox.faults(rows) where !known.contains("outbox \(number)") {
                report.add(RecordFault(kind: .store, record: "outbox \(number)", version: 0, what: what))
            }
            after = last.number
        }
    }
}
