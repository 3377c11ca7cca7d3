internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardSQLite

/// `ward audit accept`
struct AuditAccept: AuditedCommand {
    static let events = [EventPromise(.acceptance, "the clock, the lost anchor or a tail of others was accepted")]
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: """
            Let the log go on after something that it refuses and that you can explain: a clock that was ahead and was set \
            right, an anchor that is lost, rows behind the newest checkpoint that the log did not write (these are taken aside, never \
            deleted). That is itself in the log. Stop the server first.
            """)

    @Argument(help: "clock, anchor or tail.") var what: Acceptance
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        var accepted: String
        /// Rows that were taken aside.
        var rows: Int?
    }

    mutating func run() async throws {
        let home = try options.existing()
        try LogFile.requirePresence(in: home)
        if what == .anchor { try await Self.requireLostAnchor(home) }
        let house = try await House.open(
            home, purpose: "audit accept", passphraseFile: options.passphraseFile, accepting: what)
        if what == .clock, !house.audit.wasClockBehind {
            try await house.close()
            throw Failure("the clock is not behind the newest entry of the log: there is nothing to accept")
        }
        let event = AuditEvent(.acceptance, by: house.operatorOrigin, details: [.init("accepted", what.rawValue)])
        switch what {
        case .clock: try await house.audit.record(event, digest: ClockAcceptance.digest)
        case .anchor: try await house.audit.record(event)
        case .tail: break
        }
        try await house.close()
        let aside = house.tailRepair.map {
            "; \($0.rows.of("row is", "rows are")) taken aside (table quarantine of audit.db)"
                + ($0.hadGaps ? ", and the gaps between entries closed" : "")
        }
        try form.print(
            Answer(accepted: what.rawValue, rows: house.tailRepair?.rows),
            text: "accepted: \(what.rawValue)\(aside ?? ""); the log goes on from here")
    }
}

extension AuditAccept {
    /// Refuses where the anchor is there, and where what else the home keeps shows that the log was set back.
    private static func requireLostAnchor(_ home: Home) async throws {
        guard !FileManager.default.fileExists(atPath: home.auditAnchor) else {
            throw Failure("data/audit-anchor is there: there is nothing to accept")
        }
        let faults = try await faults(of: LogFile(of: home), home)
        // Where a loss was accepted before, the witness rightly contradicts for ever.
        guard !faults.contains(where: { $0.kind == .lost }),
              let fault = faults.first(where: { $0.kind == .rolledBack || $0.kind == .forked }) else { return }
        throw Failure("\(fault.what): the log was set back, and that is not accepted; `ward audit restore` rebuilds it")
    }

    private static func faults(of log: LogFile, _ home: Home) async throws -> [Fault] {
        do {
            let kept = try await KeptCheckpoints(
                of: home, log.store, witness: try WitnessOptions.parse([]), needsAnchor: false, try WardConfiguration(home: home))
            let report = try await AuditVerifier(store: log.store, keys: log.keys, kept: kept.checkpoints).verify()
            await log.store.close()
            return report.faults
        } catch {
            await log.store.close()
            throw error
        }
    }
}

/// What somebody may accept who can explain it.
enum Acceptance: String, ExpressibleByArgument, CaseIterable {
    /// The newest entries were made while the clock was ahead.
    case clock
    /// The checkpoint that is kept beside the records is gone.
    case anchor
    /// Somebody else wrote behind the newest checkpoint.
    case tail
}
