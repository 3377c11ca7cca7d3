#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A thread of our own for blocking C calls, which must not hold up Swift's cooperative pool.
enum WorkerThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that runs `body` and ends with it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(run: body)).toOpaque()
        #if canImport(Glibc)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { context in
            guard let context else { return nil }
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
        precondition(code == 0, "the system refuses a thread")
        pthread_detach(thread)
        #else
        var thread: pthread_t?
        let code = pthread_create(&thread, nil, { context in
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
        precondition(code == 0, "the system refuses a thread")
        if let thread { pthread_detach(thread) }
        #endif
    }
}
