internal import WardDatabase

/// Reads entries, and lets none out whose hash does not lead to the signed root.
struct ProvedReader {
    let store: any AuditStore
    private let keys: CheckpointKeys
    /// Entries below it were removed under signed tombstones.
    private(set) var expired: Int64
    private var books: [(book: AuditBook, head: SignedCheckpoint?, prover: TileProver?)] = []
    /// Entries that were proved.
    private(set) var proved: Int64 = 0
    /// Entries at the end of the log that no checkpoint signs yet.
    private(set) var unsigned: Int64 = 0

    /// A reader of the log as it is now.
    /// - Throws: ``AuditError`` with `.tampered` where a newest checkpoint is not signed or its tree is another one.
    init(store: any AuditStore, keys: CheckpointKeys) async throws {
        self.store = store
        self.keys = keys
        expired = try await Tombstone.newest(in: store, keys: keys)?.range.upperBound ?? 0
        for book in try await store.state().books {
            guard let stored = try await store.head(of: book.year) else {
                books.append((book, nil, nil))
                continue
            }
            let head = try SignedCheckpoint(parsing: stored.note)
            guard head.isSigned(by: keys),
                  let prover = try await TileProver(book: book, head: head.checkpoint, store: store) else {
                throw Self.tampered
            }
            books.append((book, head, prover))
        }
    }

    /// The newest checkpoint.
    var head: SignedCheckpoint? { books.last { $0.head != nil }?.head }

    /// The entry at a position; nil where it has expired.
    /// - Throws: ``AuditError`` with `.tampered` where it does not lead to the signed root, or is missing.
    mutating func entry(at position: Int64) async throws -> [UInt8]? {
        let block = try await store.entries(from: position, limit: 1, maximumBytes: 1)
        guard block.count == 1, block.positions[0] == position else {
            try await requireExpired(position..<position + 1)
            return nil
        }
        let entry = Array(block[0])
        try await prove(.leaf(entry), at: position)
        return entry
    }

    /// Every entry of a range that has not expired, in order, as it lies in a block; `body` returns false to end.
    /// - Throws: as ``entry(at:)``.
    mutating func scan(
        _ range: Range<Int64>, _ body: (_ position: Int64, _ entry: UnsafeRawBufferPointer) throws -> Bool
    ) async throws {
        let range = range.clamped(to: 0..<max(0, try await store.state().nextPosition))
        var position = min(max(range.lowerBound, expired), range.upperBound)
        while position < range.upperBound {
            let limit = Int(min(4_096, range.upperBound - position))
            let block = try await store.entries(from: position, limit: limit, maximumBytes: 2 << 20)
            let beyond = range.upperBound
            for index in 0..<block.count where block.positions[index] < beyond {
                try await requireExpired(position..<block.positions[index])
                position = block.positions[index] + 1
                let hash = block.bytes.withUnsafeBytes { MerkleHash.leaf(
                    buffer: .init(rebasing: $0[block.range(of: index)])) }
                try await prove(hash, at: block.positions[index])
                let goesOn = try block.bytes.withUnsafeBytes { bytes in
                    let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
                    return try entry.count < EntryHeader.smallestEntry || body(block.positions[index], entry)
                }
                guard goesOn else { return }
            }
            if (block.positions.last ?? beyond) >= beyond {
                try await requireExpired(position..<beyond)
                return
            }
        }
    }

    /// Throws unless all of these positions have expired: then it is no wonder that nothing stands there.
    private mutating func requireExpired(_ positions: Range<Int64>) async throws {
        guard positions.upperBound > max(expired, positions.lowerBound) else { return }
        expired = try await Tombstone.newest(in: store, keys: keys)?.range.upperBound ?? 0
        guard positions.upperBound <= expired else {
            throw AuditError(
                .tampered, "an entry that the answer needs is missing, and no tombstone says that it expired")
        }
    }

    private mutating func prove(_ hash: MerkleHash, at position: Int64) async throws {
        guard let index = books.lastIndex(where: { $0.book.start <= position }) else {
            unsigned += 1
            return
        }
        let leaf = books[index].book.leaf(ofPosition: position)
        guard let head = books[index].head, leaf < head.checkpoint.size else {
            unsigned += 1
            return
        }
        guard try await books[index].prover?.leaf(leaf) == hash else { throw Self.tampered }
        proved += 1
    }

    private static let tampered = AuditError(
        .tampered, "an entry that the answer needs does not lead to the signed root")
}
