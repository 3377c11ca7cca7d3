internal import WardAudit
internal import WardDatabase
internal import WardVault

/// The store by itself: its tables, rows that cannot be read as versions, and what waits for the log.
extension RecordVerifier {
    /// Names what of the store's own tables is not as this program makes it.
    /// - Returns: whether the rest can be read.
    func checkStore(_ report: inout RecordReport) async throws -> Bool {
        // What is in the log was counted before it is compared with the counter.
        let relayed = try await log.state().cursor.number
        let flaws = try await records.flaws(relayed: relayed)
        for flaw in flaws { report.add(RecordFault(kind: .store, record: flaw.place, version: 0, what: flaw.what)) }
        guard !flaws.contains(where: \.isFatal) else { return false }
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

    /// Names an outbox row that is no event of this log: the relay stops at it.
    func check(_ row: OutboxRow, _ report: inout RecordReport) {
        guard row.event.id != .none else { return }
        if let header = try? EntryHeader(parsing: row.event.entry), header.eventID == row.event.id { return }
        report.add(RecordFault(
            kind: .store, record: "outbox \(row.number)", version: 0,
            what: "it is no event of the audit log, and holds up those after it"))
    }
}
