internal import ArgumentParser
internal import WardAudit

/// `ward audit show`
struct AuditShow: AuditedCommand {
    static let events = [EventPromise(.logRead, "before anything is shown")]
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the newest entries of the log. That is itself in the log.")
    @Option(help: "How many of the newest entries, at most 10,000.") var last = 50
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        guard (1...10_000).contains(last) else { throw Failure("--last must be 1 to 10,000") }
        let home = try options.existing()
        // The reading is in the log before anything is shown.
        _ = try await HomeAccess.perform(
            .logRead(what: "show", count: last), on: home, passphraseFile: options.passphraseFile)
        let lines = try await LogReader(home: home, passphraseFile: options.passphraseFile).newest(last)
        try form.print(lines, text: lines.map(\.text).joined(separator: "\n"))
    }
}
