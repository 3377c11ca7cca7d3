public import WardDatabase

/// Verifies an audit log from its store, the public key of its checkpoints and, where there is one, a checkpoint kept
/// elsewhere.
///
/// It recomputes every leaf, node and tile, checks every signature, the root of every checkpoint, the chain from year
/// to year, the numbers of every emitter, time and form; and names the first wrong entry. It trusts nothing in the
/// store. Memory stays flat; reading and hashing go on side by side. It works beside a running server: what is
/// appended after it began is left for the next time.
public struct AuditVerifier: Sendable {
    let store: any AuditStore
    let keys: CheckpointKeys
    let kept: [KeptCheckpoint]
    let now: Int64?

    /// Faults that are listed of one book.
    public static let faultBound = 100

    /// A verifier.
    /// - Parameters:
    ///   - keys: of its checkpoints.
    ///   - kept: checkpoints of this log that were kept outside it; the log must hold each.
    ///   - now: the time, in microseconds since 1970-01-01T00:00:00Z: nothing may be dated later. Nil where no clock is asked.
    public init(store: any AuditStore, keys: CheckpointKeys, kept: [KeptCheckpoint] = [], now: Int64? = nil) {
        self.store = store
        self.now = now
        self.keys = keys
        // What one key handed to the next must be in the log as well.
        self.kept = kept + keys.handovers.map { KeptCheckpoint($0.checkpoint, by: "handover of the log key") }
    }

    /// A verifier; `anchor` is a checkpoint of this log that was kept outside it.
    public init(store: any AuditStore, keys: CheckpointKeys, anchor: SignedCheckpoint?) {
        self.init(store: store, keys: keys, kept: anchor.map { [KeptCheckpoint($0, by: "anchor")] } ?? [])
    }

    /// Reads the whole log.
    /// - Throws: ``DatabaseError`` where the store cannot be read; what is wrong with the log itself is in the report.
    public func verify() async throws(DatabaseError) -> VerificationReport {
        var report = VerificationReport()
        let outline = try await outline(into: &report)
        let emitters = try await read(outline, into: &report)
        merge(emitters.faults, into: &report)
        report.faults += try await losses(emitters.losses)
        report.faults += try await toldFaults(emitters, outline)
        // Where entries are wrong, what the cursor names may be gone with them.
        if report.faults.allSatisfy({ $0.kind == .lost }),
            let finding = try await CursorCheck(of: store).finding(outline.state, newest: emitters.newestOfOutbox) {
            report.faults.append(Fault(.changed, finding.what))
        }
        return report
    }

    /// Reads every entry, book by book, and those that no checkpoint signs yet.
    func read(_ outline: Outline, into report: inout VerificationReport) async throws(DatabaseError) -> EmitterCheck {
        var emitters = EmitterCheck(isWhole: outline.expired == 0, now: now)
        for case let (book, head?) in zip(outline.books, outline.heads) {
            report.faults += try await verify(
                book, head: head, expired: outline.expired, emitters: &emitters, into: &report)
        }
        try await checkTail(
            from: outline.signedEnd, to: outline.end, year: outline.books.last?.year, emitters: &emitters,
            into: &report)
        return emitters
    }

    /// What entries tell of the log as a whole, or should: that the witness contradicted it, that a clock was or is ahead, and under
    /// which entries expired, which rows were taken aside.
    func toldFaults(_ emitters: EmitterCheck, _ outline: Outline) async throws(DatabaseError) -> [Fault] {
        var faults = contradictions(at: emitters.contradicted, outline.books)
        faults += try await clockFaults(emitters.takenBack)
        if let ahead = emitters.ahead {
            faults.append(Fault(
                .clock, entry: ahead.lowerBound, through: ahead.upperBound,
                "dated later than it is now: the clock of the log was ahead, or the one of this machine is behind"))
        }
        if outline.expired == 0 { faults += try await asideFaults(told: emitters.toldAside) }
        return faults
    }

    /// Reads a book once, and finds out what is wrong with it where something is.
    func verify(
        _ book: AuditBook, head: SignedCheckpoint, expired: Int64, emitters: inout EmitterCheck,
        into report: inout VerificationReport
    ) async throws(DatabaseError) -> [Fault] {
        var pass = BookPass(
            book: book, head: head, kept: kept, store: store, keys: keys,
            expired: expired)
        try await pass.run(emitters: &emitters)
        report.entries += pass.entries
        report.checkpoints += pass.checkpoints
        var faults = pass.faults
        if pass.needsDiagnosis {
            let diagnosis = try await Diagnosis(book: book, head: head, store: store, expired: expired)
                .run(goodLeaves: pass.goodLeaves)
            // Where the entries themselves are wrong, other roots follow from it.
            faults = faults.filter { $0.kind != .forked } + diagnosis
            // What stood otherwise when it was read first was not looked at: to call it whole would be a guess.
            if faults.isEmpty { faults = [Fault(unsteadyFrom: pass.goodLeaves, of: book, head: head)] }
        }
        return Array(faults.prefix(Self.faultBound))
    }

    func checkTail(
        from start: Int64, to end: Int64, year: Int?, emitters: inout EmitterCheck,
        into report: inout VerificationReport
    ) async throws(DatabaseError) {
        var position = start
        while position < end {
            let block = try await store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            if block.count == 0 { break }
            if let fault = Fault(foreignOf: block, before: end, year: year) { report.faults.append(fault) }
            block.bytes.withUnsafeBytes { bytes in
                for index in 0..<block.count where block.positions[index] < end {
                    let row = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
                    if block.positions[index] != position, !EmitterCheck.isEntry(row) {
                        // Before what is no entry at all, nothing need be missing.
                        report.faults.append(Fault(
                            .malformed, entry: block.positions[index], year: year, "this is no entry of format 1"))
                    } else if block.positions[index] != position {
                        report.faults.append(Fault(
                            .removed, entry: position, through: block.positions[index] - 1, year: year,
                            "entries are missing"))
                    }
                    emitters.take(row, position: block.positions[index], year: year)
                    position = block.positions[index] + 1
                    report.entries += 1
                    report.unsequenced += 1
                }
            }
            if block.positions[block.count - 1] >= end { break }
        }
    }

    /// That the witness contradicted the log, unless it vouched since for a tree that holds the entry which tells of it.
    func contradictions(at position: Int64?, _ books: [AuditBook]) -> [Fault] {
        guard let position else { return [] }
        let isOver = kept.contains { item in
            guard item.isCosigned, let year = LogOrigin.book(of: item.checkpoint.checkpoint.origin)?.year,
                  let book = books.first(where: { $0.year == year }) else { return false }
            return book.position(ofLeaf: item.checkpoint.checkpoint.size) > position
        }
        return isOver ? [] : [Fault(.rolledBack, """
            the witness contradicted the log when entry \(position) was written, and has not vouched for it since: the log was \
            set back, or shows two faces
            """)]
    }

    /// Numbers and times are evidence of their own only before the first entry that is wrong itself.
    func merge(_ faults: [Fault], into report: inout VerificationReport) {
        let first = report.faults.compactMap(\.entry).min() ?? .max
        report.faults += faults.filter { ($0.entry ?? 0) < first }
        report.faults.sort { ($0.entry ?? .max, $0.kind.rawValue) < ($1.entry ?? .max, $1.kind.rawValue) }
    }
}
