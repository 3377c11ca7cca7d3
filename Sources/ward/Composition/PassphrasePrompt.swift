internal import Foundation
internal import WardKeys
internal import WardSystem

/// Asks for a passphrase on the terminal, without showing it.
enum PassphrasePrompt {
    /// The passphrase that was typed; nil where there is no terminal to ask on.
    /// - Throws: `KeyError` with `.badPassphrase`.
    static func ask(_ question: String) throws(KeyError) -> Passphrase? {
        guard let line = line(question) else { return nil }
        return try Passphrase(Array(line.utf8))
    }

    /// A passphrase in the environment.
    static var environment: String? { ProcessInfo.processInfo.environment["WARD_PASSPHRASE"] }

    /// The passphrase of the environment, for development alone: the variables of a process are handed on to those that it starts, and
    /// stand in `/proc`.
    /// - Throws: ``Failure`` in production, `KeyError` with `.badPassphrase`.
    static func fromEnvironment(isDevelopment: Bool) throws -> Passphrase? {
        guard let environment else { return nil }
        guard isDevelopment else {
            throw inProduction
        }
        return try Passphrase(Array(environment.utf8))
    }

    /// Why a production home takes no passphrase from the environment, also where it has another one.
    static let inProduction = Failure("""
        WARD_PASSPHRASE is set, and other processes can read it: a production home takes its passphrase from a file \
        (keys.passphrase_file, --passphrase-file) or from a terminal; take it out of the environment
        """)

    /// A new passphrase, typed twice; nil where there is no terminal to ask on.
    /// - Throws: ``Failure`` where the two differ, `KeyError` with `.badPassphrase`.
    static func askForNew() throws -> String? {
        guard let first = line("New passphrase: ") else { return nil }
        _ = try Passphrase(Array(first.utf8))
        guard line("The same again: ") == first else { throw Failure("the two passphrases differ; nothing was changed") }
        return first
    }

    /// The line that was typed; nil where there is no terminal to ask on.
    static func line(_ question: String) -> String? {
        Terminal.hiddenLine {
            FileHandle.standardError.write(Data(question.utf8))
        } answered: {
            FileHandle.standardError.write(Data("\n".utf8))
        }
    }
}
