internal import ArgumentParser
internal import WardAudit

/// `ward user require-passkey NAME`: nothing without a passkey for this account.
struct UserRequirePasskeyCommand: AuditedCommand {
    static let events = [EventPromise(.userChange, "a passkey is demanded of the account, or not any more")]
    static let configuration = CommandConfiguration(
        commandName: "require-passkey",
        abstract: "Demand a passkey of an account; its sessions end. Without one it can only register one, at /auth/account.")
    @Argument var name: String
    @Flag(help: "Demand none any more; what the configuration demands of the role stays.") var off = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        try await UserCommand.perform(.userRequirePasskey(name: name, isRequired: !off), options, form)
    }
}
