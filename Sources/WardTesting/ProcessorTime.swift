#if canImport(Glibc)
internal import Glibc
#endif

/// How long this thread has had a processor; what else the machine does has no part in it.
public func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
