/// The books that an archive has of a log, from the beginning of the log up to where something is missing.
///
/// Where a book begins, and so where each entry stands, follows from how many leaves the books before have: it is
/// believed of nobody.
struct ArchiveChain {
    /// One book, as far as it is there.
    struct Book {
        var year: Int
        /// The position of its first entry.
        var start: Int64
        /// The last checkpoint of the book before; empty in the first one.
        var opening: [UInt8]
        /// Leaves that are there without a hole.
        var size: Int64

        /// The position of the entry that is a leaf.
        func position(ofLeaf leaf: Int64) -> Int64 { leaf == 0 ? start : start + leaf - (opening.isEmpty ? 0 : 1) }
    }

    private(set) var books: [Book] = []

    /// Entries below this position are there, as segments or as hashes of what expired.
    var end: Int64 { books.last.map { $0.position(ofLeaf: $0.size) } ?? 0 }

    func book(of year: Int) -> Book? { books.first { $0.year == year } }

    /// What lies in the archive behind a hole, or before the log's beginning.
    func beyond(_ holdings: ArchiveHoldings) -> Set<SegmentName> {
        Set(holdings.names.filter { name in
            book(of: name.year).map { name.leaves.lowerBound > $0.size } ?? true
        })
    }

    /// Goes on with a piece that follows from what is there; `size` is how many leaves of its book are there with it.
    mutating func extend(with piece: ArchivePiece, size: Int64) {
        if let index = books.firstIndex(where: { $0.year == piece.year }) {
            books[index].size = size
        } else {
            books.append(Book(year: piece.year, start: end, opening: piece.opening, size: size))
        }
    }

    /// Why a piece cannot stand where it says, or what is missing before it.
    ///
    /// Whether its hashes are those that are there is not looked at.
    func place(of piece: ArchivePiece) -> Place {
        let first = piece.leaves.lowerBound
        if let book = book(of: piece.year) {
            guard first <= book.size else { return .behind(SegmentName(year: piece.year, leaves: book.size..<first)) }
            guard first > 0 || piece.opening == book.opening else { return .wrong(Self.contradicts) }
            return piece.position == book.position(ofLeaf: first) ? .follows : .wrong(ArchivePiece.misplaced)
        }
        guard first == 0 else { return .behind(SegmentName(year: piece.year, leaves: 0..<first)) }
        guard let last = books.last else {
            guard !piece.opening.isEmpty else {
                return piece.position == 0 ? .follows : .wrong(ArchivePiece.misplaced)
            }
            return Self.hole(endingWith: piece.opening, from: 0, of: nil)
        }
        guard piece.year > last.year else { return .wrong(Self.contradicts) }
        guard let opening = try? SignedCheckpoint(parsing: piece.opening),
              let book = LogOrigin.book(of: opening.checkpoint.origin) else { return .wrong(Self.contradicts) }
        if book.year != last.year || opening.checkpoint.size > last.size {
            return Self.hole(endingWith: piece.opening, from: last.size, of: last.year)
        }
        guard opening.checkpoint.size == last.size else { return .wrong(Self.contradicts) }
        return piece.position == end ? .follows : .wrong(ArchivePiece.misplaced)
    }

    /// Where a piece stands by what is there.
    enum Place {
        /// It begins where what is there ends, or within it.
        case follows
        /// Behind something that is missing.
        case behind(SegmentName)
        /// Nowhere, for a reason in words without values.
        case wrong(String)
    }

    static let contradicts = "contradicts what was taken before: somebody signed another log with the same key"

    private static func hole(endingWith opening: [UInt8], from leaf: Int64, of year: Int?) -> Place {
        guard let checkpoint = (try? SignedCheckpoint(parsing: opening))?.checkpoint,
              let book = LogOrigin.book(of: checkpoint.origin) else { return .wrong(contradicts) }
        let first = book.year == year ? leaf : 0
        guard first < checkpoint.size else { return .wrong(contradicts) }
        return .behind(SegmentName(year: book.year, leaves: first..<checkpoint.size))
    }
}
