internal import Synchronization

/// What the service that brings versions over to a new epoch does in this process: whoever else waits for it does not do the
/// same work beside it, and is told why it cannot go on.
final class IndexPresence: Sendable {
    private struct State {
        var isRunning = false
        var failure: String?
        var retiring = 0
    }

    private let state = Mutex(State())

    /// Whether the service runs.
    var isRunning: Bool {
        get { state.withLock(\.isRunning) }
        set { state.withLock { $0.isRunning = newValue } }
    }

    /// Whether keys of older epochs are being destroyed: that is done once it is told.
    var isRetiring: Bool { state.withLock { $0.retiring > 0 } }

    func beginRetiring() { state.withLock { $0.retiring += 1 } }

    /// - Parameter failure: why it was not done, or not told.
    func endRetiring(failure: String? = nil) {
        state.withLock { state in
            state.retiring -= 1
            if let failure { state.failure = failure }
        }
    }

    /// Why its last step was not done; nil where it was. It holds references at most.
    var failure: String? {
        get { state.withLock(\.failure) }
        set { state.withLock { $0.failure = newValue } }
    }
}
