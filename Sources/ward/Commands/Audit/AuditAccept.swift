internal import ArgumentParser
internal import WardAudit

/// `ward audit accept`
struct AuditAccept: AuditedCommand {
    static let events = [EventPromise(.acceptance, "the clock or the lost anchor was accepted")]
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: """
            Let the log go on after something that it refuses and that you can explain: a clock that was ahead and was set \
            right, an anchor that is lost. That is itself in the log. Stop the server first.
            """)

    @Argument(help: "clock or anchor.") var what: Acceptance
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        var accepted: String
    }

    mutating func run() async throws {
        let home = try options.existing()
        let house = try await House.open(
            home, purpose: "audit accept", passphraseFile: options.passphraseFile, accepting: what)
        try await house.audit.record(
            AuditEvent(.acceptance, by: house.operatorOrigin, details: [.init("accepted", what.rawValue)]))
        try await house.close()
        try form.print(Answer(accepted: what.rawValue), text: "accepted: \(what.rawValue); the log goes on from here")
    }
}

/// What somebody may accept who can explain it.
enum Acceptance: String, ExpressibleByArgument, CaseIterable {
    /// The newest entries were made while the clock was ahead.
    case clock
    /// The checkpoint that is kept beside the records is gone.
    case anchor
}
