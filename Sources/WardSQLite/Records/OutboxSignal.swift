internal import Synchronization
internal import WardDatabase

/// Wakes those who wait for an outbox row.
final class OutboxSignal: Sendable {
    private struct Waiter {
        var after: Int64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// The greatest number that may lie in the outbox; 0 if it is empty.
        var newest: Int64 = 0
        var waiters: [Int: Waiter] = [:]
        var cancelled: Set<Int> = []
        var nextID = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Rows up to `number` are there.
    func added(through number: Int64) {
        let ready = state.withLock { state in
            state.newest = max(state.newest, number)
            var ready: [Waiter] = []
            for (id, waiter) in state.waiters where waiter.after < number {
                ready.append(waiter)
                state.waiters[id] = nil
            }
            return ready
        }
        for waiter in ready { waiter.continuation.resume(returning: true) }
    }

    /// Rows up to `number` are gone.
    func removed(through number: Int64) {
        state.withLock { state in
            if number >= state.newest { state.newest = 0 }
        }
    }

    /// Returns when there may be a row with a number greater than `number`, or the task is cancelled.
    /// - Throws: `.closed` when the store closes.
    func wait(after number: Int64) async throws(DatabaseError) {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isOpen = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.isClosed { return false }
                    if state.newest > number || state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = Waiter(after: number, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume(returning: true)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        if !isOpen { throw DatabaseError(.closed, "outbox") }
    }

    /// Wakes everybody with `.closed`.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.continuation)
        }
        for continuation in waiters { continuation.resume(returning: false) }
    }
}
