internal import Synchronization
public import WardDatabase

/// Cosigns checkpoints of logs that it trusts, and never two that contradict each other.
///
/// It keeps, of each book of each log, the newest checkpoint that it cosigned. Comparing with that and putting the new
/// one in its place are one step; the new one is on disk before the cosignature leaves.
///
/// Source: C2SP tlog-witness.
public final class Witness: Sendable {
    /// By what its cosignatures are checked.
    public let key: WitnessKey
    private let signer: CheckpointSigner
    private let folder: WitnessFolder
    private let clock: any WallClock
    /// Held from the comparison to the write: two requests for one log do not pass each other.
    private let turn = Mutex(())

    /// A witness with what its folder holds.
    /// - Throws: ``AuditError``: `.unavailable`, `.malformed` where a file of the folder is not what it should be.
    public init(folder: WitnessFolder, clock: any WallClock = SystemWallClock()) throws(AuditError) {
        let identity = try folder.identity()
        key = identity.key
        signer = identity.signer
        self.folder = folder
        self.clock = clock
    }

    /// Answers an add-checkpoint request.
    public func add(_ bytes: [UInt8]) -> WitnessAnswer {
        guard let request = try? WitnessRequest(parsing: bytes) else { return .malformed }
        do {
            return try turn.withLock { _ throws(AuditError) in try answer(request) }
        } catch {
            return .unavailable
        }
    }

    /// The newest checkpoint of a book that this witness cosigned, as a note with the cosignature; nil where there is
    /// none.
    /// - Throws: ``AuditError`` where the folder cannot be read.
    public func newest(of origin: String) throws(AuditError) -> [UInt8]? {
        try folder.newest(of: origin)?.note
    }

    private func answer(_ request: WitnessRequest) throws(AuditError) -> WitnessAnswer {
        let checkpoint = request.checkpoint.checkpoint
        let keys = try folder.keys(for: checkpoint.origin)
        guard !keys.isEmpty else { return .unknownLog }
        guard keys.contains(where: { request.checkpoint.isSigned(by: $0) }) else { return .notSigned }
        guard request.oldSize <= checkpoint.size else { return .malformed }
        let last = try folder.newest(of: checkpoint.origin)?.checkpoint
        let lastSize = last?.size ?? 0
        guard request.oldSize == lastSize else { return .otherSize(lastSize) }
        if lastSize == checkpoint.size, let last, last.root != checkpoint.root { return .otherRoot(lastSize) }
        guard isConsistent(request, from: last) else { return .notConsistent }
        let time = UInt64(max(0, clock.now() / 1_000_000))
        let line = try Cosignature.make(of: request.checkpoint, time: time, signer: signer).line(of: key)
        // Only the log's own signature is kept of those that came: others could be anything.
        guard let own = request.checkpoint.signedOnly(by: keys) else { return .notSigned }
        try folder.keep(try own.adding(Array(line.utf8)))
        return .cosigned(Array(line.utf8))
    }

    private func isConsistent(_ request: WitnessRequest, from last: Checkpoint?) -> Bool {
        let new = request.checkpoint.checkpoint
        guard let last, last.size > 0 else { return request.proof.isEmpty && (new.size > 0 || new.root == .empty) }
        return MerkleProof.verifyConsistency(
            first: last.size, firstRoot: last.root, second: new.size, secondRoot: new.root, proof: request.proof)
    }
}
