internal import ArgumentParser
internal import WardAudit

/// `ward index rebuild`
struct IndexRebuildCommand: AuditedCommand {
    static let events = [
        EventPromise(.keyChange, "the new epoch began, was made, or the key of the old one is to be destroyed, was, or could not be"),
    ]
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Make the index anew under a new key, with the list and the partitions of the configuration, online. Interrupted, it goes on when "
            + "called again, or by the server.")
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let done = try await IndexWork(home: options.existing(), passphraseFile: options.passphraseFile).rebuild()
        try form.print(done, text: IndexWork.text(done))
    }
}
