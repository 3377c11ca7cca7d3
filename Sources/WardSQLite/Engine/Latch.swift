internal import Synchronization

/// Opens once a number of parties have arrived; tasks wait for it.
final class Latch: Sendable {
    private struct State {
        var missing: Int
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// A latch that opens when ``arrive()`` was called `count` times.
    init(count: Int) { state = Mutex(State(missing: count)) }

    /// One party is there.
    func arrive() {
        let waiters = state.withLock { state in
            state.missing -= 1
            guard state.missing <= 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once all are there.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.missing > 0 { state.waiters.append(continuation) }
                return state.missing <= 0
            }
            if isOpen { continuation.resume() }
        }
    }
}
