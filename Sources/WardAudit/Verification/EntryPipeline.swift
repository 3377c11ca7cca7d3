internal import WardDatabase

/// The entries of a book from a position on, read and hashed ahead of whoever takes them: while one block is taken, the next one is
/// hashed, and the one after it read. At most four blocks of ``bytes`` are in memory.
struct EntryPipeline {
    /// Entries as they lie in the log, and the hashes of their leaves.
    struct Piece: Sendable {
        let block: EntryBlock
        let leaves: [MerkleHash]
    }

    private let store: any AuditStore
    private let end: Int64
    private var reading: Task<Result<EntryBlock, DatabaseError>, Never>?
    private var hashing: [Task<Piece, Never>] = []

    /// Entries of a block at most.
    static let rows = 8_192
    private static let bytes = 4 << 20
    private static let depth = 2

    /// Begins to read.
    /// - Parameter end: the position before which reading ends; the last block may reach beyond it.
    init(of store: any AuditStore, from start: Int64, before end: Int64) {
        self.store = store
        self.end = end
        reading = start < end ? Self.read(store, from: start) : nil
    }

    /// The next block; nil where the log has no more, also where it should.
    mutating func next() async throws(DatabaseError) -> Piece? {
        while hashing.count < Self.depth, let block = try await nextBlock() { hashing.append(Task { Self.hash(block) }) }
        guard !hashing.isEmpty else { return nil }
        return await hashing.removeFirst().value
    }

    private mutating func nextBlock() async throws(DatabaseError) -> EntryBlock? {
        guard let block = try await reading?.value.get(), let last = block.positions.last else {
            reading = nil
            return nil
        }
        reading = last < end - 1 ? Self.read(store, from: last + 1) : nil
        return block
    }

    private static func read(_ store: any AuditStore, from position: Int64) -> Task<Result<EntryBlock, DatabaseError>, Never> {
        Task {
            do throws(DatabaseError) {
                return .success(try await store.entries(from: position, limit: rows, maximumBytes: bytes))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func hash(_ block: EntryBlock) -> Piece {
        let leaves = block.bytes.withUnsafeBytes { bytes in
            (0..<block.count).map { MerkleHash.leaf(buffer: UnsafeRawBufferPointer(rebasing: bytes[block.range(of: $0)])) }
        }
        return Piece(block: block, leaves: leaves)
    }
}
