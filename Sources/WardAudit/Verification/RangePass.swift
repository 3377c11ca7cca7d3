internal import WardDatabase

/// Checks entries of a part of a book against leaf hashes that lead to the signed root.
struct RangePass {
    let book: AuditBook
    let head: SignedCheckpoint
    let store: any AuditStore

    private(set) var entries: Int64 = 0
    private(set) var faults: [Fault] = []

    init(book: AuditBook, head: SignedCheckpoint, store: any AuditStore) {
        self.book = book
        self.head = head
        self.store = store
    }

    /// Checks the entries of a range, which lies under the head.
    mutating func run(_ range: Range<Int64>, emitters: inout EmitterCheck) async throws(DatabaseError) {
        guard var prover = try await TileProver(book: book, head: head.checkpoint, store: store) else {
            return notProved(range)
        }
        var position = range.lowerBound
        while position < range.upperBound, faults.count < AuditVerifier.faultBound {
            let limit = Int(min(4_096, range.upperBound - position))
            let block = try await store.entries(from: position, limit: limit, maximumBytes: 1 << 21)
            guard block.count > 0, block.positions[0] < range.upperBound else {
                faults.append(Fault(
                    .removed, entry: position, through: range.upperBound - 1, year: book.year, "entries are missing"))
                return
            }
            if let fault = Fault(foreignOf: block, before: range.upperBound, year: book.year) { faults.append(fault) }
            for index in 0..<block.count where block.positions[index] < range.upperBound {
                let found = block.positions[index]
                if found > position {
                    faults.append(Fault(
                        .removed, entry: position, through: found - 1, year: book.year, "entries are missing"))
                }
                guard let leaf = try await prover.leaf(book.leaf(ofPosition: found)) else {
                    return notProved(found..<range.upperBound)
                }
                check(block, index, against: leaf, emitters: &emitters)
                position = found + 1
            }
        }
    }

    private mutating func check(
        _ block: EntryBlock, _ index: Int, against leaf: MerkleHash, emitters: inout EmitterCheck) {
        let position = block.positions[index]
        block.bytes.withUnsafeBytes { bytes in
            let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
            if leaf != .leaf(buffer: entry) {
                faults.append(Fault(
                    .changed, entry: position, year: book.year, "the entry is not the one that was signed"))
            }
            emitters.take(entry, position: position, year: book.year)
        }
        entries += 1
    }

    private mutating func notProved(_ range: Range<Int64>) {
        faults.append(Fault(
            .changed, entry: range.lowerBound, through: range.upperBound - 1, year: book.year,
            "the stored hashes of these entries do not lead to the signed root"))
    }
}
