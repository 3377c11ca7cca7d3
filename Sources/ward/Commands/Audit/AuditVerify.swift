internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardSQLite

/// `ward audit verify`
struct AuditVerify: AuditedCommand {
    static let events = [EventPromise(.verify, "the log was verified; how many faults there were")]
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: """
            Recompute every hash and check every signature; name the first wrong entry and what was done to it. Works \
            beside a running server.
            """)
    @Option(help: "A witness to compare with: a file with its cosigned checkpoint, or its https:// address.")
    var witness: String?
    @Option(help: "The witness's key, NAME+ID+BASE64; audit.witness_key of ward.yaml where not given.")
    var witnessKey: String?
    @Option(help: "PEM file of the authority that the witness's address is checked with; audit.witness_authority where not given.")
    var witnessAuthority: String?
    @Option(help: "Verify from this entry or time on: a number, or RFC 3339 such as 2026-01-31T00:00:00Z.")
    var from: String?
    @Option(help: "Verify up to, not including, this entry or time.")
    var to: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let home = try options.existing()
        let start = ContinuousClock.now
        guard let key = try Keyring.logPublicKeys(in: home.keys).last else {
            throw Failure("the public key of the log is missing")
        }
        let store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
        var faults: [VerificationResult.FaultLine] = []
        var kept: [KeptCheckpoint] = []
        for (path, keeper) in [(home.auditAnchor, "anchor"), (home.witnessed, "witness")] {
            do {
                if let found = try AnchorFile(path: path).read() {
                    kept.append(KeptCheckpoint(found, by: keeper))
                } else if keeper == "anchor", try await !Self.origins(store).isEmpty {
                    faults.append(.init(
                        kind: "removed", place: keeper,
                        what: "the anchor (data/audit-anchor) is missing: nobody can tell whether the log was set back"))
                }
            } catch {
                faults.append(.init(
                    kind: "changed", place: keeper, what: "the \(keeper)'s checkpoint cannot be read as a signed one"))
            }
        }
        if let witness {
            let source = try WitnessSource(
                witness, key: witnessKey, authority: witnessAuthority, configuration: WardConfiguration(home: home))
            let origins = try await Self.origins(store)
            let found = try await source.checkpoints(origins)
            kept += found.vouched.map { KeptCheckpoint($0, by: "witness") }
            faults += found.faults
        }
        let verifier = AuditVerifier(store: store, publicKey: key.bytes, kept: kept)
        let range = try await EntryRange(from: from, to: to, in: store)
        let report = try await range.isWhole ? verifier.verify() : verifier.verify(range.positions)
        await store.close()
        faults += report.faults.map(VerificationResult.FaultLine.init)
        let elapsed = ContinuousClock.now - start
        let result = VerificationResult(
            isWhole: faults.isEmpty, entries: Int(report.entries), checkpoints: report.checkpoints,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, faults: faults)
        try form.print(result, text: result.text("entries"))
        await VerificationNote.record("audit", faults: faults.count, home, options)
        if !faults.isEmpty { throw ExitCode(1) }
    }

    /// The origins of the books, by the names that stand in their newest checkpoints.
    static func origins(_ store: SQLiteAuditStore) async throws -> [String] {
        var origins: [String] = []
        for book in try await store.state().books {
            guard let head = try await store.head(of: book.year),
                  let signed = try? SignedCheckpoint(parsing: head.note) else { continue }
            origins.append(signed.checkpoint.origin)
        }
        return origins
    }
}

extension VerificationResult.FaultLine {
    /// A fault of the log, as it is printed.
    init(_ fault: Fault) {
        let place = fault.entry.map { first in
            fault.through.map { $0 == first ? "entry \(first)" : "entries \(first) to \($0)" } ?? "entry \(first)"
        }
        self.init(kind: fault.kind.rawValue, place: place ?? "log", what: fault.what)
    }
}
