internal import Foundation
internal import WardKeys

/// Asks for a passphrase on the terminal, without showing it.
enum PassphrasePrompt {
    /// The passphrase that was typed; nil where there is no terminal to ask on.
    /// - Throws: `KeyError` with `.badPassphrase`.
    static func ask(_ question: String) throws(KeyError) -> Passphrase? {
        guard let line = line(question) else { return nil }
        return try Passphrase(Array(line.utf8))
    }

    /// The line that was typed; nil where there is no terminal to ask on.
    static func line(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        FileHandle.standardError.write(Data(question.utf8))
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine()
    }
}
