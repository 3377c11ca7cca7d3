internal import Synchronization
internal import WardDatabase

/// A bounded pool of connections that only read, each on a thread of its own.
final class ReaderPool: Sendable {
    private typealias Job = @Sendable (Connection) -> Void

    private let queue: WorkQueue<Job>
    private let ended: Latch

    /// Opens `count` connections to `file`, whose tables are up to date.
    init(file: DatabaseFile, count: Int, capacity: Int = 4_096) throws(DatabaseError) {
        queue = WorkQueue(capacity: capacity)
        ended = Latch(count: count)
        do {
            for _ in 0..<count { start(try file.openForReading()) }
        } catch {
            queue.close()
            throw error
        }
    }

    deinit { queue.close() }

    /// Runs `body` with a connection. A body of more than one statement that must agree uses ``Connection/snapshot(_:)``.
    /// - Throws: what `body` throws; `.overloaded` if too many wait, `.closed` after ``close()``.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(DatabaseError) -> Value
    ) async throws(DatabaseError) -> Value {
        let result: Result<Value, DatabaseError> = await withCheckedContinuation { continuation in
            do throws(DatabaseError) {
                try queue.submit { connection in
                    do throws(DatabaseError) {
                        continuation.resume(returning: .success(try body(connection)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Takes no more reads, finishes those that wait, closes the connections.
    func close() async {
        queue.close()
        await ended.wait()
    }

    private func start(_ connection: sending Connection) {
        let owned = Mutex(connection)
        let place = Place(connection: owned)
        WorkerThread.start { [queue, ended] in
            place.connection.withLock { connection in
                while let job = queue.take() { job(connection) }
                connection.close()
            }
            ended.arrive()
        }
    }
}

/// Carries a connection to the thread that owns it from then on.
final class Place: Sendable {
    let connection: Mutex<Connection>

    init(connection: consuming Mutex<Connection>) { self.connection = connection }
}
