internal import ArgumentParser
internal import Foundation

/// `ward user`: accounts.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts: add, list, disable, enable, reset.",
        subcommands: [Add.self, List.self, Disable.self, Enable.self, Reset.self])

    /// `ward user add NAME --role ROLE`
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account; prints its password and second factor once.")
        @Argument(help: "The name to sign in with.") var name: String
        @Option(help: "administrator, clinician, auditor or importer.") var role: String
        @Option(help: "File that holds the password; one is made where none is given.") var passwordFile: String?
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let password = try passwordFile.map(PasswordFile.read)
            let answer = try await HomeAccess.perform(
                .userAdd(name: name, role: role, password: password), on: options.existing(), passphraseFile: options.passphraseFile)
            try UserCommand.show(answer, form)
        }
    }

    /// `ward user list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            try UserCommand.show(
                try await HomeAccess.perform(.userList, on: options.existing(), passphraseFile: options.passphraseFile), form)
        }
    }

    /// `ward user disable NAME`
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Close an account; its sessions end at once.")
        @Argument var name: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            try UserCommand.show(
                try await HomeAccess.perform(.userDisable(name: name), on: options.existing(), passphraseFile: options.passphraseFile), form)
        }
    }

    /// `ward user enable NAME`
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open a closed account again.")
        @Argument var name: String
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            try UserCommand.show(
                try await HomeAccess.perform(.userEnable(name: name), on: options.existing(), passphraseFile: options.passphraseFile), form)
        }
    }

    /// `ward user reset NAME`
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give an account a new password and second factor; its sessions end.")
        @Argument var name: String
        @Option(help: "File that holds the password; one is made where none is given.") var passwordFile: String?
        @OptionGroup var options: HomeOptions
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let password = try passwordFile.map(PasswordFile.read)
            try UserCommand.show(
                try await HomeAccess.perform(
                    .userReset(name: name, password: password), on: options.existing(), passphraseFile: options.passphraseFile), form)
        }
    }

    private static func show(_ answer: HomeAnswer, _ form: OutputOptions) throws {
        switch answer {
        case .credentials(let credentials): try form.print(credentials, text: SignInCard(credentials).text)
        case .users(let users):
            try form.print(users, text: users.map { user in
                let state = user.isDisabled ? "disabled" : user.isLocked ? "held back" : "active"
                return "\(user.name)\t\(user.role)\t\(state)\tlast sign-in \(user.lastSignInAt ?? "never")"
            }.joined(separator: "\n"))
        case .keys, .done, .failed: break
        }
    }
}

/// Reads a password from a file: its first line.
enum PasswordFile {
    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(path): cannot be read as UTF-8 text")
        }
        return String(text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? "")
    }
}
