internal import Synchronization

/// What the service that brings versions over to a new epoch does in this process: whoever else waits for it does not do the
/// same work beside it, and is told why it cannot go on.
final class IndexPresence: Sendable {
    private struct State {
        var isRunning = false
        var failure: String?
        var isRetiring = false
    }

    private let state = Mutex(State())

    /// Whether the service runs.
    var isRunning: Bool {
        get { state.withLock(\.isRunning) }
        set { state.withLock { $0.isRunning = newValue } }
    }

    /// Whether keys of older epochs are being destroyed: that is done once it is told.
    var isRetiring: Bool {
        get { state.withLock(\.isRetiring) }
        set { state.withLock { $0.isRetiring = newValue } }
    }

    /// Why its last step was not done; nil where it was. It holds references at most.
    var failure: String? {
        get { state.withLock(\.failure) }
        set { state.withLock { $0.failure = newValue } }
    }
}
