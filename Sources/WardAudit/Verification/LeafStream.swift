internal import WardDatabase

/// The stored leaf hashes of a book (its tiles of level 0), in order, with a look ahead. Where a tile is missing, the
/// hashes of its entries can stand in: whether they are the right ones, the root shows.
struct LeafStream {
    /// The leaf that `peek(0)` gives.
    private(set) var index: Int64
    private let book: AuditBook
    private let size: Int64
    private let store: any AuditStore
    private var buffer: [MerkleHash] = []
    private var head = 0
    private var nextTile: Int64
    private var toSkip: Int
    private var isEnded = false
    private let fills: Bool
    /// Tiles that are not there, or are too short, by number; false for the latter. At most
    /// ``AuditVerifier/faultBound``.
    private(set) var gaps: [(number: Int64, isMissing: Bool)] = []

    /// - Parameter fills: whether entries stand in for a tile that is missing.
    init(book: AuditBook, size: Int64, store: any AuditStore, from index: Int64 = 0, fills: Bool = false) {
        self.fills = fills
        self.book = book
        self.size = size
        self.store = store
        self.index = index
        nextTile = index >> 8
        toSkip = Int(index & 0xFF)
    }

    /// The leaf hash so many places ahead, or nil at the end of the signed tree or where a tile is missing.
    mutating func peek(_ ahead: Int) async throws(DatabaseError) -> MerkleHash? {
        guard index + Int64(ahead) < size else { return nil }
        while head + ahead >= buffer.count {
            guard !isEnded else { return nil }
            try await load()
        }
        return buffer[head + ahead]
    }

    /// Goes on by so many leaves.
    mutating func drop(_ count: Int) {
        index += Int64(count)
        head += count
    }

    /// True if ``drop(_:)`` went past what is loaded.
    var isBehind: Bool { head > buffer.count && index < size }

    /// Loads more after ``drop(_:)`` went past it; false at the end.
    mutating func skip() async throws(DatabaseError) -> Bool {
        guard !isEnded else { return false }
        try await load()
        return true
    }

    private mutating func load() async throws(DatabaseError) {
        if head > 0 && head <= buffer.count {
            buffer.removeFirst(head)
            head = 0
        } else if head > buffer.count {
            head -= buffer.count
            buffer = []
        }
        let tiles = try await store.tiles(of: book.year, level: 0, from: nextTile, limit: 32)
        var rest = tiles[...]
        for _ in 0..<32 {
            let width = min(AuditLimits.tileWidth, Int(clamping: size - nextTile << 8))
            let tile = rest.first?.number == nextTile ? rest.popFirst() : nil
            var hashes = tile?.merkleHashes ?? []
            if width > 0, hashes.count < width {
                if gaps.count < AuditVerifier.faultBound { gaps.append((nextTile, tile == nil)) }
                hashes = fills ? try await entries(standingInFor: nextTile, width: width) : []
            }
            guard width > 0, hashes.count >= width else {
                isEnded = true
                return
            }
            buffer += hashes.prefix(width).dropFirst(toSkip)
            toSkip = 0
            nextTile += 1
        }
    }

    /// The hashes of the entries whose leaves lie in a tile; empty where one is not there.
    private func entries(standingInFor tile: Int64, width: Int) async throws(DatabaseError) -> [MerkleHash] {
        let first = tile << 8
        var hashes: [MerkleHash] = first < book.openingLeaves ? [.leaf(book.opening)] : []
        var rows = RowStream(book: book, store: store, from: book.position(ofLeaf: max(first, book.openingLeaves)))
        while hashes.count < width {
            guard let row = try await rows.peek(0),
                row.position == book.position(ofLeaf: first + Int64(hashes.count)) else {
                return []
            }
            hashes.append(row.hash)
            rows.drop(1)
        }
        return hashes
    }
}

/// The stored entries of a book as leaf hashes, in order of positions, with a look ahead.
struct RowStream {
    struct Row {
        var position: Int64
        var hash: MerkleHash
    }

    private let store: any AuditStore
    private var buffer: [Row] = []
    private var head = 0
    private var next: Int64
    private var isEnded = false

    init(book: AuditBook, store: any AuditStore, from position: Int64? = nil) {
        self.store = store
        next = position ?? book.start
    }

    /// The row so many places ahead, or nil at the end of the log.
    mutating func peek(_ ahead: Int) async throws(DatabaseError) -> Row? {
        while head + ahead >= buffer.count {
            guard !isEnded else { return nil }
            buffer.removeFirst(head)
            head = 0
            let block = try await store.entries(from: next, limit: 4_096, maximumBytes: 2 << 20)
            guard let last = block.positions.last else {
                isEnded = true
                return nil
            }
            next = last + 1
            block.bytes.withUnsafeBytes { bytes in
                for index in 0..<block.count {
                    let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
                    buffer.append(Row(position: block.positions[index], hash: .leaf(buffer: entry)))
                }
            }
        }
        return buffer[head + ahead]
    }

    /// Goes on by so many rows, which were looked at.
    mutating func drop(_ count: Int) { head += count }
}
