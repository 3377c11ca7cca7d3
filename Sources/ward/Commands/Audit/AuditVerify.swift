internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
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
    @Option(help: "Verify from this entry or time on: a number, or RFC 3339 such as 2026-01-31T00:00:00Z.")
    var from: String?
    @Option(help: "Verify up to, not including, this entry or time.")
    var to: String?
    @OptionGroup var witness: WitnessOptions
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let home = try options.existing()
        let start = ContinuousClock.now
        do {
            try LogFile.requirePresence(in: home)
        } catch {
            try refuse(.removed, error.description)
        }
        do {
            try await verify(home, start)
        } catch let error as DatabaseError where error.code == .corrupt {
            let remedy = error.remedy.map { "; \($0)" } ?? ""
            try refuse(.malformed, "\(home.auditDatabase): is damaged, or no log of this program (\(error.context))\(remedy)")
        } catch let error as DatabaseError where error.code == .foreign {
            try refuse(.inserted, error.context)
        } catch let error as DatabaseError where error.code == .newerSchema {
            let versions = SQLiteAuditStore.versions(path: home.auditDatabase)
            throw Failure("""
                \(home.auditDatabase): was made by a newer Ward, or somebody wrote there (its user_version is \
                \(versions.map { "\($0.file); this program writes \($0.program)" } ?? "another")); upgrade this program
                """)
        } catch let error as DatabaseError {
            guard let flaw = SQLiteAuditStore.headerFlaw(path: home.auditDatabase) else { throw error }
            try refuse(.malformed, "\(home.auditDatabase): is damaged, or no log of this program: \(flaw)")
        }
    }

    /// Says that the log as a whole is not there, or cannot be read.
    private func refuse(_ kind: Fault.Kind, _ what: String) throws {
        let fault = VerificationResult.FaultLine(kind: kind.rawValue, place: "log", what: what)
        let result = VerificationResult(
            isWhole: false, entries: 0, checkpoints: 0, expired: 0, aside: 0, seconds: 0, faults: [fault])
        try form.print(result, text: result.text("entries"))
        throw ExitCode(1)
    }

    /// What is wrong with the index over the log, where there is one: it is made from the log, and is asked where to look.
    private static func indexFaults(of home: Home, _ log: LogFile) async throws -> [VerificationResult.FaultLine] {
        let remedy = "stop the server and move audit/index.db (and what begins so) aside: it is made anew from the log"
        if let flaw = SQLiteAuditIndex.headerFlaw(path: home.auditIndex) {
            return [.init(kind: "malformed", place: "index", what: "the index of the log is damaged: \(flaw); \(remedy)")]
        }
        do {
            guard let index = try SQLiteAuditIndex.openForReading(path: home.auditIndex) else { return [] }
            let faults: [String]
            do {
                faults = try await IndexCheck(of: log.store, in: index).faults()
            } catch {
                await index.close()
                throw error
            }
            await index.close()
            return faults.map { .init(kind: "changed", place: "index", what: "the index of the log: \($0); \(remedy)") }
        } catch let error as DatabaseError where error.code == .corrupt || error.code == .damaged {
            return [.init(kind: "malformed", place: "index", what: "the index of the log is damaged; \(remedy)")]
        } catch let error as DatabaseError where error.code == .newerSchema {
            return [.init(kind: "malformed", place: "index", what: "the index of the log is of another version; \(remedy) (\(error.context))")]
        } catch let error as DatabaseError where error.code == .foreign {
            return [.init(kind: Fault.Kind.inserted.rawValue, place: "index", what: error.context)]
        }
    }

    private func verify(_ home: Home, _ start: ContinuousClock.Instant) async throws {
        let log = try LogFile(of: home)
        let kept = try await KeptCheckpoints(
            of: home, log.store, witness: witness, needsAnchor: true, try WardConfiguration(home: home))
        let verifier = AuditVerifier(
            store: log.store, keys: log.keys, kept: kept.checkpoints, now: SystemWallClock().now())
        let range = try await EntryRange(from: from, to: to, in: log.store, kept: kept.checkpoints)
        let report = try await range.isWhole ? verifier.verify() : verifier.verify(range.positions)
        var faults = kept.faults + report.faults.map(VerificationResult.FaultLine.init)
        if let flaw = SQLiteAuditStore.headerFlaw(path: home.auditDatabase) {
            faults.append(.init(kind: Fault.Kind.changed.rawValue, place: "log", what: "\(home.auditDatabase): \(flaw)"))
        }
        if range.isWhole { faults += try await Self.indexFaults(of: home, log) }
        await log.store.close()
        if let fault = HandoverFile(folder: home.audit).fault(against: log.keys.handovers) { faults.append(.init(fault)) }
        let elapsed = ContinuousClock.now - start
        let result = VerificationResult(
            isWhole: faults.isEmpty, entries: Int(report.entries), checkpoints: report.checkpoints,
            expired: Int(report.expired), aside: Int(report.aside),
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, faults: faults,
            witness: kept.witness)
        try form.print(result, text: result.text("entries"))
        await VerificationNote.record("audit", faults: faults.count, home, options)
        if !faults.isEmpty { throw ExitCode(1) }
    }
}

extension VerificationResult.FaultLine {
    /// A fault of the log, as it is printed.
    init(_ fault: Fault) {
        let place = fault.entry.map { first in
            fault.through.map { $0 == first ? "entry \(first)" : "entries \(first) to \($0)" } ?? "entry \(first)"
        }
        let tile = fault.tile.map { "\($0) of \(fault.year.map(String.init) ?? "the log")" }
        self.init(kind: fault.kind.rawValue, place: place ?? tile ?? "log", what: fault.what)
    }
}
