internal import Synchronization

/// Whether the service that brings versions over to a new epoch runs in this process: what else waits for it does not do
/// the same work beside it.
final class IndexPresence: Sendable {
    private let state = Atomic(false)

    var value: Bool {
        get { state.load(ordering: .acquiring) }
        set { state.store(newValue, ordering: .releasing) }
    }
}
