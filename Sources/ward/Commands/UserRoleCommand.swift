internal import ArgumentParser
internal import WardAudit

/// `ward user role NAME ROLE`: another role for an account.
struct UserRoleCommand: AuditedCommand {
    static let events = [EventPromise(.roleChange, "the account got another role")]
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give an account another role; its sessions end at once.")
    @Argument var name: String
    @Argument(help: "administrator, clinician, auditor, privacy-officer or importer.") var role: String
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        try await UserCommand.perform(.userRole(name: name, role: role), options, form)
    }
}
