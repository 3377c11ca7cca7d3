public import WardDatabase

extension AuditVerifier {
    /// Verifies a part of the log: that each of its entries is a leaf of the tree whose root is signed, which takes
    /// time with the part and not with the log.
    ///
    /// The rest of the log is not read; what is beyond the newest checkpoint is checked for form, number and time, as
    /// ``verify()`` does.
    /// - Parameter range: positions of entries.
    public func verify(_ range: Range<Int64>) async throws(DatabaseError) -> VerificationReport {
        var report = VerificationReport()
        let books = try await store.state().books
        var heads: [SignedCheckpoint?] = []
        for book in books { heads.append(try await head(of: book, into: &report)) }
        let end = min(range.upperBound, try await store.state().nextPosition)
        report.head = heads.last { $0 != nil } ?? nil
        checkKept(books: books, heads: heads, into: &report)
        let expired = try await expired(books, heads, into: &report)
        let range = range.clamped(to: expired..<max(expired, range.upperBound))
        var emitters = EmitterCheck(isWhole: false)
        for (index, book) in books.enumerated() {
            checkChain(books, heads, index, into: &report)
            guard let head = heads[index] else { continue }
            let signed = book.start..<max(book.start, book.position(ofLeaf: head.checkpoint.size))
            let part = range.clamped(to: signed)
            guard !part.isEmpty else { continue }
            var pass = RangePass(book: book, head: head, store: store)
            try await pass.run(part, emitters: &emitters)
            report.entries += pass.entries
            report.checkpoints += 1
            report.faults += pass.faults
        }
        if let book = books.last {
            let signedEnd = book.position(ofLeaf: (heads.last ?? nil)?.checkpoint.size ?? book.openingLeaves)
            try await checkTail(
                from: max(signedEnd, range.lowerBound), to: end, year: book.year, emitters: &emitters, into: &report)
        }
        merge(emitters.faults, into: &report)
        return report
    }
}
