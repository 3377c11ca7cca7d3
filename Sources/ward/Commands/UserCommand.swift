internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardSystem

/// `ward user`: accounts.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Accounts: invite, import, add, list, disable, enable, role, link, external, require-passkey, reset, sessions, grants.",
        subcommands: [
            UserInviteCommand.self, UserImportCommand.self, Add.self, List.self, Disable.self, Enable.self,
            UserRoleCommand.self, UserLinkCommand.self, UserExternalCommand.self, UserRequirePasskeyCommand.self,
            Reset.self, UserSessionsCommand.self, UserGrantsCommand.self,
        ])

    /// `ward user add NAME --role ROLE`
    struct Add: AuditedCommand {
        static let events = [EventPromise(.userChange, "the account was made")]
        static let configuration = CommandConfiguration(
            abstract: "Make an account of a development home; prints its password and second factor once. People are invited.")
        @Argument(help: "The name to sign in with.") var name: String
        @Option(help: "administrator, clinician, auditor, privacy-officer or importer.") var role: String
        @Option(help: "File that holds the password; one is made where none is given.") var passwordFile: String?
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let password = try passwordFile.map(PasswordFile.read)
            try await UserCommand.perform(.userAdd(name: name, role: role, password: password), options, form)
        }
    }

    /// `ward user list`
    struct List: AuditedCommand {
        static let events = [EventPromise(.userChange, "the accounts were listed")]
        static let configuration = CommandConfiguration(abstract: "List the accounts.")
        @Option(help: "Only open accounts that nobody used for so many days, such as 90.") var unusedDays: Int?
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            if let unusedDays, unusedDays < 1 { throw Failure("--unused-days must be 1 or more") }
            try await UserCommand.perform(.userList(unusedDays: unusedDays), options, form)
        }
    }

    /// `ward user disable NAME`
    struct Disable: AuditedCommand {
        static let events = [EventPromise(.userChange, "the account was closed")]
        static let configuration = CommandConfiguration(abstract: "Close an account; its sessions end at once.")
        @Argument var name: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws { try await UserCommand.perform(.userDisable(name: name), options, form) }
    }

    /// `ward user enable NAME`
    struct Enable: AuditedCommand {
        static let events = [EventPromise(.userChange, "the account was opened again")]
        static let configuration = CommandConfiguration(abstract: "Open a closed account again.")
        @Argument var name: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws { try await UserCommand.perform(.userEnable(name: name), options, form) }
    }

    /// `ward user reset NAME`
    struct Reset: AuditedCommand {
        static let events = [EventPromise(.userChange, "the password was taken back, or the second factor too, and a link was made")]
        static let configuration = CommandConfiguration(
            abstract: """
                Take an account's password back: its sessions and applications end, and a link is printed, good once and for three days, \
                where the person chooses another. The second factor stays.
                """)
        @Argument var name: String
        @Flag(help: "The second factor is lost: another is set up there; recovery codes and passkeys work no more.")
        var secondFactor = false
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            try await UserCommand.perform(.userReset(name: name, secondFactor: secondFactor), options, form)
        }
    }

    /// Does an operation on the home and prints the answer.
    static func perform(_ operation: HomeOperation, _ options: HomeOptions, _ form: OutputOptions) async throws {
        let answer = try await HomeAccess.perform(
            operation, on: options.existing(), passphraseFile: options.passphraseFile)
        switch answer {
        case .credentials(let credentials): try form.print(credentials, text: SignInCard(credentials).text)
        case .invitation(let invitation):
            try form.print(
                invitation,
                text: "\(invitation.name) (\(invitation.role)) opens the account here, once, until \(invitation.expiresAt):\n\(invitation.link)")
        case .users(let users): try form.print(users, text: users.map(line).joined(separator: "\n"))
        case .sessions(let sessions):
            try form.print(
                sessions,
                text: sessions.map { session in
                    "\(session.id)\t\(session.source)\t\(session.factors.joined(separator: "+"))\tlast used \(session.lastUsedAt)"
                }.joined(separator: "\n"))
        case .grants(let grants):
            try form.print(
                grants,
                text: grants.map { "\($0.id)\t\($0.clientName)\t\($0.scopes)\tuntil \($0.expiresAt)" }.joined(separator: "\n"))
        default: break
        }
    }

    private static func line(_ user: HomeAnswer.Account) -> String {
        let state =
            user.isDisabled ? "disabled" : user.isInvited ? "invited" : user.isReset ? "reset" : user.isLocked ? "held back" : "active"
        return "\(user.name)\t\(user.role)\t\(state)\tlast sign-in \(user.lastSignInAt ?? "never")"
    }
}

/// Reads a password from a file: its first line.
enum PasswordFile {
    static func read(_ path: String) throws -> String {
        if FileStatus(at: path)?.isOpenToOthers == true {
            OutputOptions.say("ward: \(path): is readable by others than its owner; chmod 600 it")
        }
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(path): cannot be read as UTF-8 text")
        }
        return String(text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
    }
}
