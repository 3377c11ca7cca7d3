public import WardDatabase

extension AuditVerifier {
    /// Verifies a part of the log: that each of its entries is a leaf of the tree whose root is signed, which takes
    /// time with the part and not with the log.
    ///
    /// Where all is well, the rest of the log is not read, but for the entries before the part with whose times and
    /// numbers its own are compared. Where it is not, the whole book is read, so that what was done to it has the same
    /// name as in ``verify()``; so too where the part, or the entries before it, tell of the witness's contradiction or of a
    /// clock that was ahead, or where rows were taken aside. What is beyond the newest checkpoint is checked for form, number and time, as
    /// ``verify()`` does.
    /// - Parameter range: positions of entries.
    public func verify(_ range: Range<Int64>) async throws(DatabaseError) -> VerificationReport {
        var report = VerificationReport()
        let outline = try await outline(into: &report)
        let low = min(max(range.lowerBound, outline.expired), max(range.upperBound, outline.expired))
        var emitters = try await emitters(before: low, outline)
        try await check(low..<max(low, range.upperBound), outline, emitters: &emitters, into: &report)
        for case let (book, head?) in zip(outline.books, outline.heads) {
            report.faults += try await keptFaults(book, head, outline.expired)
        }
        report.faults = report.faults.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        merge(emitters.faults, into: &report)
        report.faults += try await losses(emitters.losses)
        if report.aside > 0 || emitters.contradicted != nil || emitters.ahead != nil || !emitters.takenBack.isEmpty {
            // What settles it, or tells of it, may stand anywhere.
            var scratch = VerificationReport()
            report.faults += try await toldFaults(try await read(outline, into: &scratch), outline)
        }
        if report.faults.allSatisfy({ $0.kind == .lost }), let finding = try await CursorCheck(of: store).finding() {
            report.faults.append(Fault(.changed, finding.what))
        }
        return report
    }

    /// What the numbers and times of a part are compared with: those of the entries before it, where these hold.
    private func emitters(before position: Int64, _ outline: Outline) async throws(DatabaseError) -> EmitterCheck {
        let start = max(outline.expired, position - Int64(RecentEvents.bound))
        let isWhole = start == 0 && outline.expired == 0
        var emitters = EmitterCheck(isWhole: isWhole, now: now)
        var scratch = VerificationReport()
        try await check(start..<max(start, position), outline, isDiagnosed: false, emitters: &emitters, into: &scratch)
        guard scratch.faults.isEmpty else { return EmitterCheck(isWhole: false, now: now) }
        emitters.forgetFaults()
        return emitters
    }

    /// Checks the entries of a part, book by book, and those that no checkpoint signs yet.
    private func check(
        _ range: Range<Int64>, _ outline: Outline, isDiagnosed: Bool = true, emitters: inout EmitterCheck,
        into report: inout VerificationReport
    ) async throws(DatabaseError) {
        for case let (book, head?) in zip(outline.books, outline.heads) {
            let signed = book.start..<max(book.start, book.position(ofLeaf: head.checkpoint.size))
            let part = range.clamped(to: signed)
            guard !part.isEmpty else { continue }
            var pass = RangePass(book: book, head: head, store: store)
            try await pass.run(part, emitters: &emitters)
            report.entries += pass.entries
            report.checkpoints += 1
            let isNamed = isDiagnosed && !pass.faults.isEmpty
            report.faults += isNamed ? try await named(pass.faults, part, book, head, outline.expired) : pass.faults
        }
        let tail = max(outline.signedEnd, range.lowerBound)
        try await checkTail(
            from: tail, to: min(range.upperBound, outline.end), year: outline.books.last?.year, emitters: &emitters,
            into: &report)
    }

    /// The same faults of a part as the verification of the whole book names them.
    private func named(
        _ found: [Fault], _ part: Range<Int64>, _ book: AuditBook, _ head: SignedCheckpoint, _ expired: Int64
    ) async throws(DatabaseError) -> [Fault] {
        var (emitters, scratch) = (EmitterCheck(isWhole: false), VerificationReport())
        let all = try await verify(book, head: head, expired: expired, emitters: &emitters, into: &scratch)
        let here = all.filter { fault in
            guard let entry = fault.entry else { return true }
            return entry < part.upperBound && (fault.through ?? entry) >= part.lowerBound
        }
        if here.contains(where: { $0.entry != nil || $0.tile != nil }) { return here }
        // Entries before the part are missing or were put in, and those of the part were renumbered.
        let causes = all.filter {
            ($0.entry ?? .max) < part.lowerBound && [.removed, .inserted, .reordered].contains($0.kind)
        }
        return here + (causes.isEmpty ? found : causes)
    }

    /// What is wrong with a book by the checkpoints that are kept of it outside the log: that the book grew from each,
    /// a proof of consistency shows; where it does not, the whole book is read.
    private func keptFaults(
        _ book: AuditBook, _ head: SignedCheckpoint, _ expired: Int64
    ) async throws(DatabaseError) -> [Fault] {
        let reader = TileReader(store: store, year: book.year)
        for checkpoint in kept.map(\.checkpoint).filter({ $0.isSigned(by: keys) }).map(\.checkpoint)
        where checkpoint.origin == head.checkpoint.origin && (1...head.checkpoint.size).contains(checkpoint.size) {
            let proof = try? await reader.consistencyProof(first: checkpoint.size, second: head.checkpoint.size)
            let grew = proof.map { proof in
                MerkleProof.verifyConsistency(
                    first: checkpoint.size, firstRoot: checkpoint.root, second: head.checkpoint.size,
                    secondRoot: head.checkpoint.root, proof: proof)
            }
            if grew == true { continue }
            var (emitters, scratch) = (EmitterCheck(isWhole: false), VerificationReport())
            return try await verify(book, head: head, expired: expired, emitters: &emitters, into: &scratch)
        }
        return []
    }
}
