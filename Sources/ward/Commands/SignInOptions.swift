internal import ArgumentParser
internal import Foundation

/// `--name`, `--password-file`, `--code`: for commands that a person answers for by name. What is not given is asked for on the terminal.
struct SignInOptions: ParsableArguments {
    @Option(help: "The name of your account.") var name: String?
    @Option(help: "File that holds your password (mode 0600).") var passwordFile: String?
    @Option(help: "The one-time code that your authenticator app shows now, or a recovery code.") var code: String?

    /// What to sign in with.
    func person() throws -> SignedIn {
        guard let name else { throw Failure("--name must be given: an administrator signs in for this") }
        let password = try passwordFile.map(PasswordFile.read) ?? PassphrasePrompt.line("Password: ")
        guard let password else { throw Failure("--password-file must be given, or a terminal to ask on") }
        guard let code = code ?? PassphrasePrompt.line("One-time code: ") else {
            throw Failure("--code must be given, or a terminal to ask on")
        }
        return SignedIn(name: name, password: password, code: code)
    }
}
