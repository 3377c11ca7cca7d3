#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The terminal that somebody sits at.
public enum Terminal {
    /// A line that is typed and not shown; nil where there is no terminal to ask on, or its input ended.
    ///
    /// What was typed before `asking` is no answer to it. Source: POSIX.1-2017, `termios.h`.
    public static func hiddenLine(asking: () -> Void, answered: () -> Void) -> String? {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else { return nil }
        asking()
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            answered()
        }
        return readLine()
    }
}
