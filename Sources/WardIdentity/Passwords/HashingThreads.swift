internal import Foundation
internal import Synchronization

/// Runs slow, blocking work on a few threads of its own, which give way to everybody else's.
///
/// - At most `width` pieces run at once and at most `queueLimit` wait; past that a piece is turned away at once, and so is
///   one that has waited for longer than `patience` when its turn comes.
/// - Strangers fill half of the places at most, and their turn comes after that of everybody who is not one.
/// - The threads run below the priority of the rest (``BackgroundThread``): a flood of work takes what nobody else wants. A
///   thread ends where nothing waits.
final class HashingThreads: Sendable {
    /// Who waits for a piece of work.
    enum Standing: Sendable, CaseIterable {
        /// Somebody who has signed in, was invited, or comes from where somebody signed in lately.
        case familiar
        case stranger
    }

    /// A piece of work. It is told whether its time has not run out, and returns what tells the one who waits.
    private struct Piece {
        let standing: Standing
        let since: ContinuousClock.Instant
        let work: @Sendable (_ isInTime: Bool) -> @Sendable () -> Void
    }

    private struct State {
        var waiting: [Standing: [Piece]] = [:]
        var threads = 0
        /// Pieces that run or wait.
        var busy: [Standing: Int] = [:]

        /// The piece whose turn it is; where there is none, the thread that asks ends.
        mutating func next() -> Piece? {
            for standing in Standing.allCases where waiting[standing]?.isEmpty == false {
                return waiting[standing]?.removeFirst()
            }
            threads -= 1
            return nil
        }
    }

    private let width: Int
    private let queueLimit: Int
    private let patience: Duration
    private let state = Mutex(State())

    init(width: Int, queueLimit: Int, patience: Duration) {
        precondition(width > 0 && queueLimit >= 0, "work needs a thread, a queue has no negative length")
        self.width = width
        self.queueLimit = queueLimit
        self.patience = patience
    }

    /// Whether a piece would be taken now. Another may come first.
    func hasRoom(for standing: Standing) -> Bool { state.withLock { hasRoom(for: standing, $0) } }

    /// Runs `work` and returns what it yields; nil where too much waits already, or it waited too long.
    func run<Result: Sendable>(for standing: Standing, _ work: @escaping @Sendable () -> Result) async -> Result? {
        await withCheckedContinuation { continuation in
            let piece = Piece(standing: standing, since: .now) { isInTime in
                let result = isInTime ? work() : nil
                return { continuation.resume(returning: result) }
            }
            let isTaken: Bool, needsThread: Bool
            (isTaken, needsThread) = state.withLock { state in
                guard hasRoom(for: standing, state) else { return (false, false) }
                state.busy[standing, default: 0] += 1
                state.waiting[standing, default: []].append(piece)
                guard state.threads < width else { return (true, false) }
                state.threads += 1
                return (true, true)
            }
            if !isTaken { continuation.resume(returning: nil) }
            if needsThread { Thread.detachNewThread { [self] in serve() } }
        }
    }

    private func hasRoom(for standing: Standing, _ state: State) -> Bool {
        let strangers = state.busy[.stranger, default: 0]
        guard strangers + state.busy[.familiar, default: 0] < width + queueLimit else { return false }
        return standing == .familiar || strangers < width + (queueLimit + 1) / 2
    }

    private func serve() {
        BackgroundThread.giveWay()
        while let piece = state.withLock({ $0.next() }) {
            let tell = piece.work(piece.since.duration(to: .now) < patience)
            state.withLock { $0.busy[piece.standing, default: 1] -= 1 }
            tell()
        }
    }
}
