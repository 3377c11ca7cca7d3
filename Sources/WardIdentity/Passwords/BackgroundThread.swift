#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Threads for work that may wait while others have something to do.
enum BackgroundThread {
    /// How much nicer than the process: against a thread of usual priority it gets about a thirtieth of a core, on an idle
    /// one all of it.
    static let niceness: Int32 = 15

    /// Lowers the priority of the calling thread, for good. Where the system does not allow it, the thread runs as before.
    static func giveWay() {
        #if canImport(Glibc)
            // On Linux nice values are those of threads, and 0 names the one that calls (setpriority(2)).
            _ = setpriority(thread, 0, min(19, nice() + niceness))
        #else
            pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0)
        #endif
    }

    #if canImport(Glibc)
        private static let thread = Int32(bitPattern: PRIO_PROCESS.rawValue)

        /// The nice value of the calling thread.
        static func nice() -> Int32 { getpriority(thread, 0) }
    #endif
}
