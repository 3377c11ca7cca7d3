internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// What is kept of a home's log outside it: the anchor, what its witness cosigned last, and what a witness that is named
/// vouches for.
struct KeptCheckpoints {
    private(set) var checkpoints: [KeptCheckpoint] = []
    /// What is wrong with them.
    private(set) var faults: [VerificationResult.FaultLine] = []
    /// Whether a witness was asked, in words; nil where none is named.
    private(set) var witness: String?

    /// Reads them.
    /// - Parameter needsAnchor: whether it is a fault that the log has entries and no anchor.
    init(
        of home: Home, _ store: SQLiteAuditStore, witness: WitnessOptions, needsAnchor: Bool,
        _ configuration: @autoclosure () throws -> WardConfiguration
    ) async throws {
        let origins = try await Self.origins(store)
        let key = try configuration().text("audit.witness_key").map { try WitnessKey(parsing: $0) }
        for (path, keeper) in [(home.auditAnchor, "anchor"), (home.witnessed, KeptCheckpoint.witness)] {
            do {
                if let found = try AnchorFile(path: path).read() {
                    let isCosigned = keeper == KeptCheckpoint.witness && key.map { found.cosignature(by: $0) != nil } ?? false
                    checkpoints.append(KeptCheckpoint(found, by: keeper, isCosigned: isCosigned))
                    if keeper == KeptCheckpoint.witness, key != nil, !isCosigned {
                        faults.append(.init(
                            kind: "signature", place: keeper, what: """
                                what is kept as the witness's last word (data/audit-witnessed) is not cosigned by audit.witness_key: \
                                somebody else wrote it, or the witness is another now; a server that it vouches for keeps its word anew
                                """))
                    }
                } else if keeper == "anchor", needsAnchor, !origins.isEmpty {
                    faults.append(.init(
                        kind: "removed", place: keeper,
                        what: "the anchor (data/audit-anchor) is missing: nobody can tell whether the log was set back"))
                }
            } catch {
                faults.append(.init(
                    kind: "changed", place: keeper, what: "the \(keeper)'s checkpoint cannot be read as a signed one"))
            }
        }
        let isWitnessed = checkpoints.contains { $0.keeper == "witness" } || faults.contains { $0.place == "witness" }
        if needsAnchor, !isWitnessed, try configuration().text("audit.witness_url") != nil {
            faults.append(.init(
                kind: "removed", place: "witness", what: """
                    the witness's last word (data/audit-witnessed) is missing, though audit.witness_url names a witness: it has \
                    not vouched for this log yet, or its word was taken away; --witness asks it
                    """))
        }
        // What is kept elsewhere names books that the log itself may have lost.
        let known = Set(origins + checkpoints.map(\.checkpoint.checkpoint.origin)).sorted()
        switch try await witness.checkpoints(known, configuration()) {
        case .nobody: break
        case .away(let reason): self.witness = "not asked: \(reason)"
        case .found(let found):
            self.witness = "asked"
            checkpoints += found.vouched.map { KeptCheckpoint($0, by: KeptCheckpoint.witness, isCosigned: true) }
            faults += found.faults
        }
    }

    /// The origins of the books, by the names that stand in their newest checkpoints.
    private static func origins(_ store: SQLiteAuditStore) async throws -> [String] {
        var origins: [String] = []
        for book in try await store.state().books {
            guard let head = try await store.head(of: book.year),
                  let signed = try? SignedCheckpoint(parsing: head.note) else { continue }
            origins.append(signed.checkpoint.origin)
        }
        return origins
    }
}
