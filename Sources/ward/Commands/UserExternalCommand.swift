internal import ArgumentParser
internal import WardAudit

/// `ward user external NAME --subject SUB`: whom the organisation's provider means by an account.
struct UserExternalCommand: AuditedCommand {
    static let events = [EventPromise(.userChange, "the account was linked to a person of the provider, or not any more")]
    static let configuration = CommandConfiguration(
        commandName: "external",
        abstract: "Let a person sign in by the organisation's provider (oidc.issuer); the account's sessions end.")
    @Argument var name: String
    @Option(help: "Who the person is there: the claim sub of their tokens.") var subject: String?
    @Flag(help: "Take it away: the person signs in here alone.") var off = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        guard (subject == nil) == off else { throw Failure("give either --subject SUB or --off") }
        try await UserCommand.perform(.userExternal(name: name, subject: subject), options, form)
    }
}
