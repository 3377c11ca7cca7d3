internal import ArgumentParser
internal import WardAudit

/// `ward audit expire`
struct AuditExpire: AuditedCommand {
    static let events = [
        EventPromise(.expiry, "before each segment is removed"),
        EventPromise(.logRead, "before the log is read to see what may go"),
    ]
    static let configuration = CommandConfiguration(
        commandName: "expire",
        abstract: """
            Remove the oldest entries, in whole segments, whose time of retention is over (audit.retention_years; never less \
            than six) and that no hold keeps. A signed tombstone stays in their place. The log must verify. That is itself in \
            the log.
            """)
    @Flag(help: "Only say what would go.") var trial = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let answer = try await HomeAccess.perform(
            .expire(isTrial: trial), on: try options.existing(), passphraseFile: options.passphraseFile)
        guard case .expiry(let summary) = answer else { throw Failure("an answer of another form") }
        var words = "\(summary.entries.of("entry", "entries")) \(trial ? "would go" : "went"); what is older than \(summary.limit) may go"
        if !summary.holds.isEmpty {
            words += "; held: " + summary.holds.map { "\($0.name) from \($0.from)" }.joined(separator: ", ")
        }
        try form.print(summary, text: words)
    }
}
