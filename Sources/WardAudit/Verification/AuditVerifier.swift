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

    /// Faults that are listed of one book.
    public static let faultBound = 100

    /// A verifier.
    /// - Parameters:
    ///   - keys: of its checkpoints.
    ///   - kept: checkpoints of this log that were kept outside it; the log must hold each.
    public init(store: any AuditStore, keys: CheckpointKeys, kept: [KeptCheckpoint] = []) {
        self.store = store
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
        let books = try await store.state().books
        var heads: [SignedCheckpoint?] = []
        for book in books { heads.append(try await head(of: book, into: &report)) }
        let end = try await store.state().nextPosition
        report.head = heads.last { $0 != nil } ?? nil
        checkKept(books: books, heads: heads, into: &report)
        let expired = try await expired(books, heads, into: &report)
        var emitters = EmitterCheck(isWhole: expired == 0)
        for (index, book) in books.enumerated() {
            checkChain(books, heads, index, into: &report)
            guard let head = heads[index] else { continue }
            try await verify(book, head: head, expired: expired, emitters: &emitters, into: &report)
        }
        let signedEnd = books.last.map { $0.position(ofLeaf: (heads.last ?? nil)?.checkpoint.size ?? $0.openingLeaves) }
        try await checkTail(from: signedEnd ?? 0, to: end, year: books.last?.year, emitters: &emitters, into: &report)
        merge(emitters.faults, into: &report)
        return report
    }

    private func verify(
        _ book: AuditBook, head: SignedCheckpoint, expired: Int64, emitters: inout EmitterCheck,
        into report: inout VerificationReport
    ) async throws(DatabaseError) {
        var pass = BookPass(
            book: book, head: head, kept: kept.map(\.checkpoint), store: store, keys: keys,
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
        }
        report.faults += faults.prefix(Self.faultBound)
    }

    /// The newest checkpoint of a book, if it is one and signed.
    func head(
        of book: AuditBook, into report: inout VerificationReport
    ) async throws(DatabaseError) -> SignedCheckpoint? {
        guard let stored = try await store.head(of: book.year) else {
            if try await !store.tiles(of: book.year, level: 0, from: 0, limit: 1).isEmpty {
                report.faults.append(Fault(.rolledBack, entry: book.start, year: book.year,
                    "the checkpoints of the book are missing"))
            }
            return nil
        }
        guard let head = try? SignedCheckpoint(parsing: stored.note), head.checkpoint.size == stored.size,
              head.checkpoint.origin.hasSuffix("/\(book.year)"), head.isSigned(by: keys) else {
            report.faults.append(Fault(.signature, year: book.year,
                "the newest checkpoint is not signed by the log's key"))
            // Its size still says how far the tree should go, so the entries are compared with the tiles.
            return try? SignedCheckpoint(parsing: stored.note)
        }
        return head
    }

    /// That a book begins with the last checkpoint of the one before, where that ends.
    func checkChain(
        _ books: [AuditBook], _ heads: [SignedCheckpoint?], _ index: Int, into report: inout VerificationReport
    ) {
        let book = books[index]
        guard index > 0 else {
            if book.start != 0 || !book.opening.isEmpty {
                report.faults.append(Fault(.removed, entry: 0, year: book.year,
                    "the books before this one are missing"))
            }
            return
        }
        guard let head = heads[index - 1], head.note == book.opening,
              book.start == books[index - 1].position(ofLeaf: head.checkpoint.size) else {
            report.faults.append(Fault(
                .changed, entry: book.start, year: book.year,
                "the book does not begin with the last checkpoint of the year before"))
            return
        }
    }

    /// That the log holds every checkpoint that was kept outside it, as far as heads show that.
    func checkKept(books: [AuditBook], heads: [SignedCheckpoint?], into report: inout VerificationReport) {
        for item in kept {
            let checkpoint = item.checkpoint.checkpoint
            guard item.checkpoint.isSigned(by: keys) else {
                report.faults.append(Fault(.signature, "the checkpoint of the \(item.keeper) is not signed by the log's key"))
                continue
            }
            let place = zip(books, heads).first { book, _ in checkpoint.origin.hasSuffix("/\(book.year)") }
            guard let (book, head) = place else {
                report.faults.append(Fault(.rolledBack, "the log has no book for the year of the \(item.keeper)"))
                continue
            }
            let size = head?.checkpoint.size ?? 0
            if checkpoint.size > size {
                report.faults.append(Fault(
                    .rolledBack, entry: book.position(ofLeaf: size), year: book.year,
                    "the log is older than the \(item.keeper): \(checkpoint.size - size) signed entries are missing"))
            } else if let head, head.checkpoint.origin != checkpoint.origin {
                report.faults.append(Fault(
                    .forked, year: book.year, "the \(item.keeper) is of a log with another origin"))
            }
        }
    }

    func checkTail(
        from start: Int64, to end: Int64, year: Int?, emitters: inout EmitterCheck,
        into report: inout VerificationReport
    ) async throws(DatabaseError) {
        var position = start
        while position < end {
            let block = try await store.entries(from: position, limit: 1_024, maximumBytes: 1 << 20)
            if block.count == 0 { break }
            block.bytes.withUnsafeBytes { bytes in
                for index in 0..<block.count where block.positions[index] < end {
                    if block.positions[index] != position {
                        report.faults.append(Fault(
                            .removed, entry: position, through: block.positions[index] - 1, year: year,
                            "entries are missing"))
                    }
                    emitters.take(
                        UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)]),
                        position: block.positions[index], year: year)
                    position = block.positions[index] + 1
                    report.entries += 1
                    report.unsequenced += 1
                }
            }
            if block.positions[block.count - 1] >= end { break }
        }
    }

    /// Numbers and times are evidence of their own only before the first entry that is wrong itself.
    func merge(_ faults: [Fault], into report: inout VerificationReport) {
        let first = report.faults.compactMap(\.entry).min() ?? .max
        report.faults += faults.filter { ($0.entry ?? 0) < first }
        report.faults.sort { ($0.entry ?? .max, $0.kind.rawValue) < ($1.entry ?? .max, $1.kind.rawValue) }
    }
}
