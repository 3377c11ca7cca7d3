internal import WardDatabase

extension AuditVerifier {
    /// What the store says of the log as a whole, before any entry is read.
    struct Outline {
        var books: [AuditBook] = []
        /// The newest checkpoint of each book.
        var heads: [SignedCheckpoint?] = []
        /// What the store held when it was looked at last.
        var state = AuditStoreState(nextPosition: 0, books: [], cursor: .start)
        /// The position after the last entry that there is now.
        var end: Int64 { state.nextPosition }
        /// Entries below it expired.
        var expired: Int64 = 0

        /// The position after the last entry that is signed.
        var signedEnd: Int64 {
            guard let book = books.last else { return 0 }
            return book.position(ofLeaf: (heads.last ?? nil)?.checkpoint.size ?? book.openingLeaves)
        }
    }

    /// Reads books, newest checkpoints and tombstones, and checks that they go together, and with what is kept
    /// elsewhere.
    func outline(into report: inout VerificationReport) async throws(DatabaseError) -> Outline {
        var outline = Outline()
        // In this order: what a running server adds in between is no fault then.
        let years = try await store.signedYears()
        outline.books = try await store.state().books
        for book in outline.books { outline.heads.append(try await head(of: book, into: &report)) }
        outline.state = try await store.state()
        report.head = outline.heads.last { $0 != nil } ?? nil
        for year in years where !outline.books.contains(where: { $0.year == year }) {
            report.faults.append(Fault(.removed, year: year, "the book is missing, though it has checkpoints"))
        }
        checkKept(books: outline.books, heads: outline.heads, into: &report)
        outline.expired = try await expired(outline.books, outline.heads, into: &report)
        for (index, book) in outline.books.enumerated() {
            checkChain(outline.books, outline.heads, index, into: &report)
            guard let head = outline.heads[index] else { continue }
            try await checkEdge(of: book, head, into: &report)
        }
        if outline.end == 0, outline.books.isEmpty, years.isEmpty {
            report.faults.append(Fault(.truncated, entry: 0, "the log holds no entry, and every log begins with one"))
        }
        report.aside = try await store.countAside()
        report.faults += try await store.flaws().map { Fault($0.isFatal ? .changed : .inserted, "\($0.place): \($0.what)") }
        if let stray = try await store.strays(after: .min, limit: 1).positions.first {
            report.faults.append(Fault(.inserted, entry: stray, "rows stand at numbers that no log reaches"))
        }
        let first = try await store.entries(from: .min, limit: 1, maximumBytes: 1).positions.first
        if let first, first < 0 {
            report.faults.append(Fault(
                .inserted, entry: first, through: -1, "rows stand before the first entry, whose number is 0"))
        }
        return outline
    }

    /// That no leaf hashes are stored beyond the head, which no server leaves behind.
    private func checkEdge(
        of book: AuditBook, _ head: SignedCheckpoint, into report: inout VerificationReport
    ) async throws(DatabaseError) {
        let size = head.checkpoint.size
        let tiles = try await store.tiles(of: book.year, level: 0, from: size >> 8, limit: 2)
        let isBeyond = tiles.contains { $0.number > size >> 8 || Int64($0.hashes.count / 32) > size & 0xFF }
        guard isBeyond,
            // A running server may have published a new head since.
            try await store.head(of: book.year)?.size == size else { return }
        report.faults.append(Fault(
            .rolledBack, entry: book.position(ofLeaf: size), year: book.year,
            "tiles go on after the newest checkpoint: later ones are missing"))
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
        if let head = signed(stored, of: book) { return head }
        report.faults.append(Fault(.signature, year: book.year,
            "the newest checkpoint is not signed by the log's key"))
        // Its size still says how far the tree should go, so the entries are compared with the tiles.
        if let head = try? SignedCheckpoint(parsing: stored.note) { return head }
        return try await newestSigned(of: book)
    }

    /// A row of checkpoints of a book as the checkpoint that it should hold; nil where it holds no such.
    private func signed(_ stored: StoredCheckpoint, of book: AuditBook) -> SignedCheckpoint? {
        guard let signed = try? SignedCheckpoint(parsing: stored.note), signed.checkpoint.size == stored.size,
              signed.checkpoint.origin.hasSuffix("/\(book.year)"), signed.isSigned(by: keys) else { return nil }
        return signed
    }

    /// The newest checkpoint of a book that is signed, where the newest row holds nothing that can be read: what was put behind it
    /// sets nothing back.
    private func newestSigned(of book: AuditBook) async throws(DatabaseError) -> SignedCheckpoint? {
        var found: SignedCheckpoint?
        var after: Int64 = -1
        while true {
            let page = try await store.checkpoints(of: book.year, after: after, limit: 256)
            for stored in page { found = signed(stored, of: book) ?? found }
            guard page.count == 256, let last = page.last else { return found }
            after = last.size
        }
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
                report.faults.append(
                    Fault(.signature, "the checkpoint of the \(item.keeper) is not signed by the log's key"))
                continue
            }
            let place = zip(books, heads).first { book, _ in checkpoint.origin.hasSuffix("/\(book.year)") }
            guard let (book, head) = place else {
                report.faults.append(Fault(.rolledBack, "the log has no book for the year of the \(item.keeper)"))
                continue
            }
            let size = head?.checkpoint.size ?? 0
            if checkpoint.size > size {
                let missing = (checkpoint.size - size).of("signed entry is", "signed entries are")
                report.faults.append(Fault(
                    .rolledBack, entry: book.position(ofLeaf: size), year: book.year,
                    "the log is older than the \(item.keeper): \(missing) missing"))
            } else if let head, head.checkpoint.origin != checkpoint.origin {
                report.faults.append(Fault(
                    .forked, year: book.year, "the \(item.keeper) is of a log with another origin"))
            }
        }
    }
}
