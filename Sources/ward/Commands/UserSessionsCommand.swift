internal import ArgumentParser
internal import WardAudit

/// `ward user sessions NAME`: where an account is signed in, and an end to it.
struct UserSessionsCommand: AuditedCommand {
    static let events = [
        EventPromise(.userChange, "the sessions were listed"),
        EventPromise(.signOut, "a session was ended"),
    ]
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List the live sessions of an account, or end them.")
    @Argument var name: String
    @Option(help: "End the session of this id.") var end: String?
    @Flag(help: "End every session.") var endAll = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        if end != nil && endAll { throw Failure("--end ID and --end-all exclude each other") }
        let operation: HomeOperation =
            end != nil || endAll ? .userEndSessions(name: name, session: end) : .userSessions(name: name)
        try await UserCommand.perform(operation, options, form)
    }
}
