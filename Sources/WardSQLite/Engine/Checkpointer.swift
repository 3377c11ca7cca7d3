internal import Dispatch
internal import Synchronization
internal import WardDatabase

/// Copies the write-ahead log back into the database file, away from the writer's path.
///
/// A thread of its own does the bulk while commits go on. Because the log starts anew only when all of it was copied, the writer does the
/// small rest between two commits (``isRestDue``). So the log stays near `pages` pages however busy the writer is.
final class Checkpointer: Sendable {
    private struct State {
        var isRunning = false
        var isRestDue = false
        var isClosed = false
    }

    private let pages: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended = Latch(count: 1)

    /// Starts a checkpointer that copies once the log holds `pages` pages.
    init(file: DatabaseFile, pages: Int) throws(DatabaseError) {
        self.pages = pages
        let place = Place(connection: Mutex(try file.openForCheckpoints()))
        WorkerThread.start { [self] in
            place.connection.withLock { connection in
                serve(connection)
                connection.close()
            }
            ended.arrive()
        }
    }

    /// For the writer, after a commit: true if it should copy the rest of the log itself now.
    func isRestDue(walPages: Int) -> Bool {
        let (due, starts) = state.withLock { state in
            if state.isRestDue {
                state.isRestDue = false
                return (true, false)
            }
            guard walPages >= pages, !state.isRunning, !state.isClosed else { return (false, false) }
            state.isRunning = true
            return (false, true)
        }
        if starts { wake.signal() }
        return due
    }

    /// Lets the thread end, which closes its connection; does not wait for it.
    func stop() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Ends the thread.
    func close() async {
        stop()
        await ended.wait()
    }

    private func serve(_ connection: Connection) {
        while true {
            wake.wait()
            if state.withLock({ $0.isClosed }) { return }
            // The second pass copies what was written during the first, so that little is left for the writer. An error shows at the
            // next commit or read as well, so it is not reported from here.
            for _ in 0..<2 { _ = try? connection.checkpoint() }
            state.withLock { state in
                state.isRunning = false
                state.isRestDue = true
            }
        }
    }
}
