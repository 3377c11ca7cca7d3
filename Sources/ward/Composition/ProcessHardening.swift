internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// Keeps the memory of the process, and the keys in it, off every disk: no core dumps, no swap. Done before any key is opened.
struct ProcessHardening: Sendable {
    /// Memory is locked: the kernel does not swap it out.
    let isLocked: Bool

    /// Does what the system allows, where a home is one of production; nil in development. Locked memory depends on limits that an operator
    /// sets (`LimitMEMLOCK`).
    /// - Throws: ``Failure`` where core dumps cannot be switched off.
    static func apply(_ configuration: WardConfiguration) throws(Failure) -> ProcessHardening? {
        configuration.isDevelopment ? nil : try apply()
    }

    /// The same without asking what the home is.
    static func apply() throws(Failure) -> ProcessHardening {
        guard ResourceLimits.forbidCoreFiles(), setUndumpable() else {
            throw Failure("core dumps cannot be switched off here, and they would write keys and records to disk in the clear")
        }
        return ProcessHardening(isLocked: lockMemory())
    }

    /// `PR_SET_DUMPABLE` (4): a limit of zero does not stop a handler that core dumps are piped to, and no other process of the account can
    /// look into this one. Source: prctl(2), core(5).
    private static func setUndumpable() -> Bool {
        // prctl is variadic in C, which Swift does not import; its arguments are passed alike for integers.
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let prctl = unsafeBitCast(symbol, to: (@convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32).self)
        return prctl(4, 0, 0, 0, 0) == 0
    }

    /// `MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT`, only where no limit could make a later allocation fail. Source: mlockall(2).
    private static func lockMemory() -> Bool {
        ResourceLimits.lockedMemoryIsUnlimited && mlockall(1 | 2 | 4) == 0
    }
}
