#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What this process may use. Source: getrlimit(2).
public enum ResourceLimits {
    /// Has the kernel write no core file of this process or its children.
    /// - Returns: false where it does not let that be said.
    @discardableResult
    public static func forbidCoreFiles() -> Bool {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
        return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
        #else
        return setrlimit(RLIMIT_CORE, &none) == 0
        #endif
    }

    /// Whether memory may be locked without a bound, so that no later allocation fails for it.
    public static var lockedMemoryIsUnlimited: Bool {
        var limit = rlimit()
        #if canImport(Glibc)
        let isTold = getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0
        #else
        let isTold = getrlimit(RLIMIT_MEMLOCK, &limit) == 0
        #endif
        return isTold && limit.rlim_cur == rlim_t.max
    }
}
