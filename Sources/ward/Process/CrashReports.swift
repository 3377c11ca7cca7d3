#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// What a crash may tell: its signal, and nothing of what was in memory.
///
/// Swift's own crash reports print registers with the bytes that they point to, and a core file holds all of memory:
/// either may hold health information. Source: 45 CFR 164.312(a)(1); https://github.com/swiftlang/swift/blob/main/docs/Backtracing.rst
enum CrashReports {
    /// Turns both off for this process. Swift reads its setting when a program starts, so the program is started anew
    /// once, in the same process, unless whoever started it set `SWIFT_BACKTRACE`.
    static func turnOff() {
        ResourceLimits.forbidCoreFiles()
        guard getenv("SWIFT_BACKTRACE") == nil, setenv("SWIFT_BACKTRACE", "enable=no", 1) == 0 else { return }
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        // Where that is refused the program goes on as it is.
    }
}
