public import WardDatabase

/// Makes proofs from a stored log: that an entry is in it, that it grew from an earlier state.
public struct ProofMaker: Sendable {
    private let store: any AuditStore
    private let keys: CheckpointKeys
    private let cosigned: SignedCheckpoint?

    /// A maker of proofs.
    /// - Parameters:
    ///   - keys: of its checkpoints.
    ///   - cosigned: a checkpoint with a witness's cosignature, which is preferred where it holds the entry.
    public init(store: any AuditStore, keys: CheckpointKeys, cosigned: SignedCheckpoint? = nil) {
        self.store = store
        self.keys = keys
        self.cosigned = cosigned
    }

    /// The proof of the entry at a position.
    /// - Throws: ``AuditError``: `.noEvidence` where there is no such entry or it is not signed yet, `.tampered` where
    ///   the stored tree does not prove it; ``DatabaseError``.
    public func proof(ofEntryAt position: Int64) async throws -> EntryProof {
        let block = try await store.entries(from: position, limit: 1, maximumBytes: 1)
        guard block.count == 1, block.positions[0] == position,
              let book = try await store.state().books.last(where: { $0.start <= position }) else {
            let expired = try await Tombstone.newest(in: store, keys: keys)?.range.upperBound ?? 0
            throw AuditError(.noEvidence, position >= 0 && position < expired
                ? "the entry has expired: a signed tombstone stands in its place" : "the log has no such entry")
        }
        let leaf = book.leaf(ofPosition: position)
        guard let checkpoint = try await checkpoint(of: book, holding: leaf) else {
            throw AuditError(.noEvidence, "the entry is not signed yet; ask again in a second")
        }
        let path = try await TileReader(store: store, year: book.year)
            .inclusionProof(leaf: leaf, size: checkpoint.checkpoint.size)
        let proof = EntryProof(entry: Array(block[0]), index: leaf, path: path, checkpoint: checkpoint)
        guard proof.holds(for: keys) else {
            throw AuditError(.tampered, "the stored tree does not prove the entry")
        }
        return proof
    }

    /// The proof that the newest checkpoint of a year's book grew from the tree of `size` leaves, in the form that a
    /// witness takes.
    /// - Throws: ``AuditError``: `.noEvidence` where the book is not there or smaller; ``DatabaseError``.
    public func consistency(from size: Int64, year: Int) async throws -> WitnessRequest {
        guard let stored = try await store.head(of: year) else {
            throw AuditError(.noEvidence, "the log has no signed book of that year")
        }
        let head = try SignedCheckpoint(parsing: stored.note)
        guard size >= 0, size <= head.checkpoint.size else {
            throw AuditError(.noEvidence, "the book of that year has \(head.checkpoint.size) leaves")
        }
        let proof = size == 0 || size == head.checkpoint.size ? []
            : try await TileReader(store: store, year: year).consistencyProof(
                first: size, second: head.checkpoint.size)
        return WitnessRequest(oldSize: size, proof: proof, checkpoint: head)
    }

    /// The position of an event; nil where the log does not hold it.
    /// - Throws: ``DatabaseError``.
    public func position(of event: EventID) async throws -> Int64? {
        try await TimeSearch(store: store).position(of: event)
    }

    private func checkpoint(of book: AuditBook, holding leaf: Int64) async throws -> SignedCheckpoint? {
        if let cosigned, let origin = LogOrigin.book(of: cosigned.checkpoint.origin), origin.year == book.year,
           cosigned.checkpoint.size > leaf, cosigned.isSigned(by: keys) {
            return cosigned
        }
        guard let stored = try await store.head(of: book.year) else { return nil }
        return stored.size > leaf ? try SignedCheckpoint(parsing: stored.note) : nil
    }
}
