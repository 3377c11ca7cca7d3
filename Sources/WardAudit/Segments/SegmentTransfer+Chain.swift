internal import WardDatabase

extension SegmentTransfer {
    /// Follows the books of the archive from the beginning of the log. What lies behind a hole counts for nothing until the
    /// hole is filled.
    func lookThrough(_ progress: inout Progress) async throws {
        progress.chain = ArchiveChain()
        for year in Set(progress.holdings.names.map(\.year)).sorted() {
            guard let piece = try await piece(of: year, at: 0, &progress) else { break }
            switch progress.chain.place(of: piece) {
            case .follows: progress.chain.extend(with: piece, size: progress.holdings.size(of: year))
            case .behind(let hole): progress.note(hole.text, "is not there any more")
            case .wrong(let what): progress.note(piece.name.text, what)
            }
            guard progress.chain.book(of: year) != nil else { break }
        }
        let beyond = progress.chain.beyond(progress.holdings)
        if let first = beyond.min() {
            let end = progress.chain.book(of: first.year)?.size ?? 0
            if end < first.leaves.lowerBound {
                let hole = SegmentName(year: first.year, leaves: end..<first.leaves.lowerBound)
                progress.note(hole.text, "is not there any more: what lies behind it counts for nothing")
            } else {
                progress.note(first.text, "lies behind something that is missing, and counts for nothing")
            }
        }
        progress.holdings.refuse(beyond)
    }

    /// Where a piece stands by what is in the archive, and whether it agrees with that where they meet.
    func place(of piece: ArchivePiece, _ progress: inout Progress) async throws -> ArchiveChain.Place {
        while true {
            let place = progress.chain.place(of: piece)
            guard case .follows = place else { return place }
            let damaged = progress.summary.refused.count
            let agrees: Bool
            if let book = progress.chain.book(of: piece.year) {
                agrees = try await self.agrees(piece, with: book, &progress)
            } else {
                agrees = try await opens(piece, &progress)
            }
            guard progress.summary.refused.count > damaged else {
                return agrees ? .follows : .wrong(ArchiveChain.contradicts)
            }
            // What was found damaged is in the archive no more; so what is there may end before.
            try await lookThrough(&progress)
        }
    }

    /// Whether the trees of a piece and of the archive are the same where the shorter one ends.
    private func agrees(
        _ piece: ArchivePiece, with book: ArchiveChain.Book, _ progress: inout Progress
    ) async throws -> Bool {
        let size = min(book.size, piece.leaves.upperBound)
        guard size > 0 else { return true }
        guard let there = try await self.piece(of: book.year, at: size, &progress) else { return false }
        return there.frontier(at: size) == piece.frontier(at: size)
    }

    /// Whether a piece that begins a book begins with the end of the book before.
    private func opens(_ piece: ArchivePiece, _ progress: inout Progress) async throws -> Bool {
        guard let last = progress.chain.books.last else { return true }
        guard let there = try await self.piece(of: last.year, at: last.size, &progress),
              let opening = try? SignedCheckpoint(parsing: piece.opening) else { return false }
        return opening.checkpoint.root == there.frontier(at: last.size)?.root
            && (there.checkpoint.checkpoint.size != last.size || there.checkpoint.note == opening.note)
    }

    /// What the archive has that ends with a leaf or goes beyond it; nil where nothing does. What is damaged is told, and
    /// counts no more.
    private func piece(of year: Int, at size: Int64, _ progress: inout Progress) async throws -> ArchivePiece? {
        let candidates = progress.holdings.reaching(size, of: year)
        var damaged: Set<SegmentName> = []
        defer {
            if !damaged.isEmpty { progress.holdings.refuse(damaged) }
        }
        var found: ArchivePiece?
        for name in candidates {
            let bytes = try await archive.get(name.text)
            found = bytes.flatMap { try? ArchivePiece(parsing: $0, as: name, keys: nil) }
            if found != nil { break }
            damaged.insert(name)
            progress.note(name.text, "in the archive is damaged: it is not what was put there")
        }
        return found
    }
}
