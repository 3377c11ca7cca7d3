internal import Dispatch
internal import Synchronization

/// Runs slow, blocking work on a few threads of its own, so that neither event loops nor the cooperative pool stand
/// still.
///
/// At most `width` pieces run at once and at most `queueLimit` wait; past that a piece is turned away at once.
final class HashingThreads: Sendable {

    private let capacity: Int
    private let lanes: [DispatchQueue]
    private let state = Mutex((busy: 0, next: 0))

    init(width: Int, queueLimit: Int) {
        precondition(width > 0 && queueLimit >= 0, "work needs a thread, a queue has no negative length")
        self.capacity = width + queueLimit
        self.lanes = (0..<width).map { DispatchQueue(label: "ward.identity.hashing.\($0)", qos: .userInitiated) }
    }

    /// Runs `work` and returns what it yields; nil where too much waits already.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
        let lane = state.withLock { state -> DispatchQueue? in
            guard state.busy < capacity else { return nil }
            state.busy += 1
            state.next = (state.next + 1) % lanes.count
            return lanes[state.next]
        }
        guard let lane else { return nil }
        defer { state.withLock { $0.busy -= 1 } }
        return await withCheckedContinuation { continuation in
            lane.async { continuation.resume(returning: work()) }
        }
    }
}
