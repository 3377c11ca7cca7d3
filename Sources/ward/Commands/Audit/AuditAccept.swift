internal import ArgumentParser
internal import WardAudit

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
        let house = try await House.open(
            home, purpose: "audit accept", passphraseFile: options.passphraseFile, accepting: what)
        if what != .tail {
            try await house.audit.record(
                AuditEvent(.acceptance, by: house.operatorOrigin, details: [.init("accepted", what.rawValue)]))
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

/// What somebody may accept who can explain it.
enum Acceptance: String, ExpressibleByArgument, CaseIterable {
    /// The newest entries were made while the clock was ahead.
    case clock
    /// The checkpoint that is kept beside the records is gone.
    case anchor
    /// Somebody else wrote behind the newest checkpoint.
    case tail
}
