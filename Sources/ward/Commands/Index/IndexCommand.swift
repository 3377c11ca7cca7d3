internal import ArgumentParser
internal import WardAudit

/// `ward index`: the blind index of a home.
struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "The blind index: what it holds, and what it shows to who has no key.",
        subcommands: [IndexStatusCommand.self, IndexEstimateCommand.self, IndexRebuildCommand.self])
}

/// `ward index status`
struct IndexStatusCommand: AuditedCommand {
    static let events: [EventPromise] = []
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show epochs, partitions, sizes, and which parameters have terms.")
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let answer = try await HomeAccess.perform(
            .indexStatus, on: options.existing(), passphraseFile: options.passphraseFile)
        guard case .index(let status) = answer else { throw Failure("the home answered otherwise than asked") }
        try form.print(status, text: status.text)
    }
}
