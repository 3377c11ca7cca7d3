internal import ArgumentParser
internal import WardAudit

/// `ward user invite NAME --role ROLE`: a one-time link by which a person opens their account.
struct UserInviteCommand: AuditedCommand {
    static let events = [EventPromise(.userChange, "the person was invited")]
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Invite a person: prints a link, good once and for three days, where they choose password and second factor.")
    @Argument(help: "The name to sign in with.") var name: String
    @Option(help: "administrator, clinician, auditor, privacy-officer, importer or patient.") var role: String
    @Option(help: "For the role patient: the id of the one Patient record that the account is bound to.") var patient: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        try await UserCommand.perform(.userInvite(name: name, role: role, patient: patient), options, form)
    }
}
