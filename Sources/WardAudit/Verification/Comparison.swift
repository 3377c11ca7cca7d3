internal import WardDatabase

/// A place at which the entries of a book are not those that were signed.
struct Difference {
    /// The first and the last position, as it was signed.
    var entry: Int64
    var through: Int64
    /// The leaf that was signed for the first place; nil where it stands further on.
    var leaf: MerkleHash?
    /// The leaf of what stands there; nil where nothing does, or what was signed for a later place.
    var row: MerkleHash?
    /// True where nothing stands there or later.
    var isEnd = false
    /// True where the entries after it were renumbered.
    var isRenumbered = false
}

/// What the comparison of entries with leaf hashes found so far.
struct Comparison {
    let book: AuditBook
    var differences: [Difference] = []
    /// How far rows stand after their signed places, after runs were removed (less) or inserted (more) and rows
    /// renumbered.
    var shift: Int64 = 0

    init(book: AuditBook) { self.book = book }

    /// The leaves that are looked for in the whole book.
    var hashes: Set<MerkleHash> { Set(differences.flatMap { [$0.leaf, $0.row].compactMap(\.self) }) }

    /// The faults, in order of entries.
    func faults(_ census: Census) -> [Fault] {
        differences.sorted { $0.entry < $1.entry }.map { difference in
            let kind = census.kind(of: difference)
            return Fault(
                kind, entry: difference.entry, through: difference.through, year: book.year,
                Self.words(kind, isRenumbered: difference.isRenumbered))
        }
    }

    private static func words(_ kind: Fault.Kind, isRenumbered: Bool) -> String {
        switch kind {
        case .truncated: "signed entries at the end are missing"
        case .removed where isRenumbered: "entries are missing and those after them were renumbered"
        case .removed: "entries are missing, and no tombstone says that they expired"
        case .inserted: "entries stand here that were not signed"
        case .reordered: "the entry was signed at another place"
        default: "the entry is not the one that was signed"
        }
    }
}

/// How often each of some leaves was signed in a book, and how often it stands among the rows of the log, wherever that
/// is: what is nowhere any more was taken away, and what was never signed was put in.
struct Census {
    private var signed: [MerkleHash: Int] = [:]
    private var stored: [MerkleHash: Int] = [:]

    init(of hashes: Set<MerkleHash>, in leaves: LeafStream, _ rows: RowStream) async throws(DatabaseError) {
        guard !hashes.isEmpty else { return }
        var (leaves, rows) = (leaves, rows)
        while let leaf = try await leaves.peek(0) {
            if hashes.contains(leaf) { signed[leaf, default: 0] += 1 }
            leaves.drop(1)
        }
        while let row = try await rows.peek(0) {
            if hashes.contains(row.hash) { stored[row.hash, default: 0] += 1 }
            rows.drop(1)
        }
    }

    /// The kind of a difference: whether what was signed is nowhere, and whether what stands there was never signed.
    func kind(of difference: Difference) -> Fault.Kind {
        let isLost = difference.leaf.map { stored[$0, default: 0] < signed[$0, default: 0] } ?? false
        let isAlien = difference.row.map { stored[$0, default: 0] > signed[$0, default: 0] } ?? false
        return switch (isLost, isAlien) {
        case (true, true): .changed
        case (true, false): difference.isEnd ? .truncated : .removed
        case (false, true): .inserted
        case (false, false): .reordered
        }
    }
}
