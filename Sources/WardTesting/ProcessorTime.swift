#if canImport(Glibc)
internal import Glibc
#endif

/// How long this thread has had a processor; what else the machine does has no part in it.
public func processorTime() -> Duration {
    // As `timespec` is laid out: by name its members can be refused, where the compiler has them from another module.
    var time = (seconds: 0, nanoseconds: 0)
    withUnsafeMutableBytes(of: &time) { bytes in
        guard let start = bytes.baseAddress else { return }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, start.assumingMemoryBound(to: timespec.self))
    }
    return .seconds(time.seconds) + .nanoseconds(time.nanoseconds)
}
