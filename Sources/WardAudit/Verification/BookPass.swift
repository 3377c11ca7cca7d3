internal import WardDatabase

/// Reads one book once, as fast as it goes: recomputes its tree from the entries and compares tiles and the roots of
/// checkpoints.
///
/// It only sees that something is wrong; ``Diagnosis`` then finds out what.
struct BookPass {
    let book: AuditBook
    let head: SignedCheckpoint
    let kept: [KeptCheckpoint]
    let store: any AuditStore
    let keys: CheckpointKeys
    /// Entries below it expired: the stored hashes of their leaves stand for them.
    let expired: Int64

    private(set) var entries: Int64 = 0
    private(set) var checkpoints = 0
    private(set) var faults: [Fault] = []
    /// True where entries, tiles and roots do not agree.
    private(set) var needsDiagnosis = false
    /// Tiles that are not what the entries have there: false where there is one.
    private var otherTiles: [TilePath: Bool] = [:]
    /// Leaves up to the last checkpoint whose root agreed.
    private(set) var goodLeaves: Int64 = 0

    private var tree = TiledTree()
    private var pending: [(checkpoint: Checkpoint, keeper: String?)] = []
    /// The largest tree, by keeper, that has the root which was kept of it.
    private var agreed: [String: Int64] = [:]
    private var lastCheckpoint = Int64.min
    private var hasMoreCheckpoints = true

    /// Leaves of expired entries between two looks at tiles and checkpoints.
    private static let rows = 8_192

    init(
        book: AuditBook, head: SignedCheckpoint, kept: [KeptCheckpoint], store: any AuditStore, keys: CheckpointKeys,
        expired: Int64
    ) {
        self.book = book
        self.head = head
        self.kept = kept
        self.store = store
        self.keys = keys
        self.expired = expired
    }

    /// Reads the book up to its head.
    mutating func run(emitters: inout EmitterCheck) async throws(DatabaseError) {
        let end = book.position(ofLeaf: head.checkpoint.size)
        if !book.opening.isEmpty {
            try await loadCheckpoints(before: 1)
            tree.append(.leaf(book.opening))
            checkRoots()
        }
        var position = min(max(book.start, expired), end)
        if position > book.start { try await takeLeaves(before: book.leaf(ofPosition: position)) }
        var pieces = EntryPipeline(of: store, from: position, before: end)
        while position < end {
            let piece = try await pieces.next()
            let count = Int(min(Int64(piece?.block.count ?? 0), end - position))
            // Behind the signed entries others may stand, with gaps between them.
            guard let piece, piece.block.positions.first == position,
                  piece.block.positions[count - 1] == position + Int64(count) - 1 else {
                needsDiagnosis = true
                break
            }
            try await loadCheckpoints(before: tree.size + Int64(count))
            take(piece, count: count, emitters: &emitters)
            position += Int64(count)
            entries += Int64(count)
            try await compareTiles()
        }
        try await loadCheckpoints(before: head.checkpoint.size)
        checkRoots()
        if tree.size != head.checkpoint.size || tree.root != head.checkpoint.root { needsDiagnosis = true }
        // Where the entries are those that were signed, so are the tiles that follow from them.
        guard !needsDiagnosis else { return }
        let tiles = otherTiles.sorted { ($0.key.level ?? 0, $0.key.number) < ($1.key.level ?? 0, $1.key.number) }
        faults += tiles.map { Fault(tile: $0.key, year: book.year, isMissing: $0.value) }
    }

    /// Takes the stored hashes of leaves whose entries expired. They lead to the signed root, or the book is not whole.
    private mutating func takeLeaves(before end: Int64) async throws(DatabaseError) {
        var leaves = LeafStream(book: book, size: end, store: store, from: tree.size)
        while tree.size < end {
            guard let leaf = try await leaves.peek(0) else {
                needsDiagnosis = true
                return
            }
            if tree.size % Int64(Self.rows) == 0 || tree.size == book.openingLeaves {
                try await loadCheckpoints(before: min(end, tree.size + Int64(Self.rows)))
                try await compareTiles()
            }
            tree.append(leaf)
            leaves.drop(1)
            if let next = pending.first, next.checkpoint.size <= tree.size { checkRoots() }
        }
        try await compareTiles()
    }

    private mutating func take(_ piece: EntryPipeline.Piece, count: Int, emitters: inout EmitterCheck) {
        let (block, start) = (piece.block, piece.block.positions[0])
        if let fault = Fault(foreignOf: block, before: start + Int64(count), year: book.year) { faults.append(fault) }
        block.bytes.withUnsafeBytes { bytes in
            for index in 0..<count {
                let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
                emitters.take(entry, position: start + Int64(index), year: book.year)
                tree.append(piece.leaves[index])
                if let next = pending.first, next.checkpoint.size <= tree.size { checkRoots() }
            }
        }
    }

    /// Loads the checkpoints up to a size, those kept outside the log among them, and checks their signatures.
    private mutating func loadCheckpoints(before size: Int64) async throws(DatabaseError) {
        while hasMoreCheckpoints, lastCheckpoint < size {
            let page = try await store.checkpoints(of: book.year, after: lastCheckpoint, limit: 256)
            hasMoreCheckpoints = page.count == 256
            for stored in page where stored.size <= head.checkpoint.size {
                let year = book.year
                guard let signed = try? SignedCheckpoint(parsing: stored.note), signed.checkpoint.size == stored.size,
                      signed.checkpoint.origin == head.checkpoint.origin, signed.isSigned(by: keys) else {
                    if stored.size != head.checkpoint.size {
                        faults.append(Fault(.signature, year: year,
                            "a checkpoint of \(stored.size) leaves is not signed by the log's key"))
                    }
                    continue
                }
                pending.append((signed.checkpoint, nil))
            }
            let before = lastCheckpoint
            lastCheckpoint = page.last?.size ?? .max
            let end = min(lastCheckpoint, head.checkpoint.size)
            let here = kept.filter { item in
                let checkpoint = item.checkpoint.checkpoint
                return checkpoint.origin == head.checkpoint.origin && item.checkpoint.isSigned(by: keys)
                    && checkpoint.size > before && checkpoint.size <= end
            }
            guard !here.isEmpty else { continue }
            pending += here.map { ($0.checkpoint.checkpoint, $0.keeper) }
            pending.sort { $0.checkpoint.size < $1.checkpoint.size }
        }
    }

    /// Compares the roots of the checkpoints whose size the tree has now.
    private mutating func checkRoots() {
        var done = 0
        while done < pending.count, pending[done].checkpoint.size <= tree.size {
            let (checkpoint, keeper) = pending[done]
            done += 1
            checkpoints += 1
            guard checkpoint.size == tree.size else { continue }
            if tree.root == checkpoint.root {
                if !needsDiagnosis { goodLeaves = tree.size }
                if let keeper { agreed[keeper] = tree.size }
            } else if checkpoint.root != head.checkpoint.root {
                noteOtherRoot(checkpoint, keptBy: keeper)
            }
        }
        pending.removeFirst(done)
    }

    /// A signed checkpoint with another root than the entries have: the entries were changed, or it was signed of
    /// another log. Where that parted from this one, its keeper tells: this log's own checkpoints agree with it either
    /// way.
    private mutating func noteOtherRoot(_ checkpoint: Checkpoint, keptBy keeper: String?) {
        let known = keeper.map { agreed[$0] ?? 0 } ?? goodLeaves
        let (low, high) = (max(min(known, checkpoint.size - 1), book.openingLeaves), checkpoint.size - 1)
        faults.append(Fault(
            .forked, entry: book.position(ofLeaf: min(low, high)), through: book.position(ofLeaf: high),
            year: book.year,
            "the signed checkpoint of \(checkpoint.size) leaves is of another tree"))
    }

    private mutating func compareTiles() async throws(DatabaseError) {
        let computed = tree.takeTiles()
        var stored: [Int: [AuditTile]] = [:]
        for level in Set(computed.map(\.level)) {
            let numbers = computed.filter { $0.level == level }.map(\.number)
            guard let first = numbers.min(), let last = numbers.max() else { continue }
            stored[level] = try await store.tiles(of: book.year, level: level, from: first, limit: Int(last - first)
                + 1)
        }
        for tile in computed {
            let match = stored[tile.level]?.first { $0.number == tile.number }
            if let match, match.begins(with: tile) { continue }
            // A tile at the right edge is compared each time that it grew: the widest one counts.
            otherTiles = otherTiles.filter { $0.key.level != tile.level || $0.key.number != tile.number }
            guard otherTiles.count < AuditVerifier.faultBound else { return }
            let path = TilePath(level: tile.level, number: tile.number, width: tile.hashes.count / 32)
            otherTiles[path] = match == nil
        }
    }
}
