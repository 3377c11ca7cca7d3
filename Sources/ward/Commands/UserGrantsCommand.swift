internal import ArgumentParser
internal import WardAudit

/// `ward user grants NAME`: what an account lets applications do, and an end to it.
struct UserGrantsCommand: AuditedCommand {
    static let events = [
        EventPromise(.userChange, "what applications were allowed was listed"),
        EventPromise(.signOut, "an application's access was ended"),
    ]
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "List what an account lets applications do, or end it; user sessions --end-all ends all of it.")
    @Argument var name: String
    @Option(help: "End the access of this id; its tokens end at once.") var end: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let operation: HomeOperation =
            if let end { .userEndGrant(name: name, grant: end) } else { .userGrants(name: name) }
        try await UserCommand.perform(operation, options, form)
    }
}
