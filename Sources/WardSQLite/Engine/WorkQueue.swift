internal import Dispatch
internal import Synchronization
internal import WardDatabase

/// A bounded first-in, first-out queue between tasks, which never block on it, and threads, which do.
final class WorkQueue<Job: Sendable>: Sendable {
    private struct State {
        var jobs: [Job?] = []
        var head = 0
        var sleepers = 0
        var isClosed = false

        mutating func pop() -> Job? {
            guard head < jobs.count else { return nil }
            let job = jobs[head]
            jobs[head] = nil
            head += 1
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 1_024, head * 2 >= jobs.count {
                jobs.removeFirst(head)
                head = 0
            }
            return job
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// A queue in which at most `capacity` jobs wait.
    init(capacity: Int) { self.capacity = capacity }

    /// Adds a job.
    /// - Throws: `.overloaded` if the queue is full, `.closed` after ``close()``.
    func submit(_ job: Job) throws(DatabaseError) {
        let outcome: Result<Bool, DatabaseError> = state.withLock { state in
            if state.isClosed { return .failure(DatabaseError(.closed, "queue")) }
            if state.jobs.count - state.head >= capacity { return .failure(DatabaseError(.overloaded, "queue")) }
            state.jobs.append(job)
            guard state.sleepers > 0 else { return .success(false) }
            state.sleepers -= 1
            return .success(true)
        }
        if try outcome.get() { wake.signal() }
    }

    /// The next job; waits for one. Nil once the queue is closed and empty. Only threads of our own may call it.
    func take() -> Job? {
        while true {
            let (job, isClosed): (Job?, Bool) = state.withLock { state in
                if let job = state.pop() { return (job, false) }
                if state.isClosed { return (nil, true) }
                state.sleepers += 1
                return (nil, false)
            }
            if let job { return job }
            if isClosed { return nil }
            wake.wait()
        }
    }

    /// The next job if one waits.
    func poll() -> Job? { state.withLock { $0.pop() } }

    /// No job comes in any more; those that wait are still served.
    func close() {
        let sleepers = state.withLock { state in
            state.isClosed = true
            defer { state.sleepers = 0 }
            return state.sleepers
        }
        for _ in 0..<sleepers { wake.signal() }
    }
}
