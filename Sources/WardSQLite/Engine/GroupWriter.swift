internal import Synchronization
internal import WardDatabase
internal import WardSystem

/// The one writer of a database: a thread that commits many waiting jobs in one transaction, so that they share one flush to disk.
///
/// Each job runs in a savepoint of its own: one that throws leaves nothing behind and does not harm the others. A job's caller
/// goes on only when the transaction is durable. When the commit itself fails, all of its jobs fail.
final class GroupWriter: Sendable {
    /// Work that rides along in each transaction, after its jobs, in a savepoint of its own; what it returns runs once that is durable.
    /// If it throws, its savepoint is undone and the jobs commit all the same.
    typealias Upkeep = @Sendable (Connection) throws(DatabaseError) -> (@Sendable () -> Void)?

    private struct Job: Sendable {
        let run: @Sendable (Connection) -> Ran
        /// Tells the caller that the job did not run.
        let refuse: @Sendable (DatabaseError) -> Void
    }

    private struct Ran: Sendable {
        let failure: DatabaseError?
        /// Tells the caller, given the failure of the commit if it failed.
        let finish: @Sendable (DatabaseError?) -> Void
    }

    /// Bounds of one transaction: it takes no further jobs past these.
    private static let jobsInGroup = 256
    private static let groupTime: Duration = .milliseconds(10)
    /// How far apart transactions begin while several callers wait at once: committing more often costs more than it hastens.
    private static let spacing: Duration = .milliseconds(1)

    private let queue: WorkQueue<Job>
    private let ended = Latch(count: 1)
    private let checkpointer: Checkpointer?
    private let upkeep: Upkeep?

    /// Starts a writer on `connection`, which it owns from now on. At most `capacity` jobs wait.
    init(
        connection: sending Connection, checkpointer: Checkpointer? = nil, capacity: Int = 1_024, upkeep: Upkeep? = nil
    ) {
        queue = WorkQueue(capacity: capacity)
        self.checkpointer = checkpointer
        self.upkeep = upkeep
        let place = Place(connection: Mutex(connection))
        let (queue, ended) = (queue, ended)
        let loop = Loop(checkpointer: checkpointer, upkeep: upkeep)
        WorkerThread.start {
            place.connection.withLock { connection in
                var isBusy = false
                var begun = ContinuousClock.now
                while let job = queue.take() {
                    if isBusy { MachineClock.block(for: begun.advanced(by: Self.spacing) - .now) }
                    begun = .now
                    isBusy = loop.group(from: job, queue: queue, connection) > 1
                }
                connection.close()
            }
            ended.arrive()
        }
    }

    /// A writer that nobody closed lets its threads end, and with them its connections.
    deinit {
        queue.close()
        checkpointer?.stop()
    }

    /// Runs `body` in a savepoint of the next transaction and returns when that is durable.
    ///
    /// `committed` runs on the writer's thread, in the order of the jobs, after the commit and before any caller of a later
    /// transaction goes on: for memory that mirrors the database.
    /// - Throws: what `body` throws; the failure of the commit; `.overloaded` if too many jobs wait, `.closed` after ``close()``.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(DatabaseError) -> Value,
        committed: (@Sendable (Value) -> Void)? = nil
    ) async throws(DatabaseError) -> Value {
        let result: Result<Value, DatabaseError> = await withCheckedContinuation { continuation in
            let job = Job(
                run: { connection in
                    let outcome = Self.savepoint(connection, body)
                    guard case .success(let value) = outcome else {
                        return Ran(failure: outcome.failure) { _ in continuation.resume(returning: outcome) }
                    }
                    return Ran(failure: nil) { failure in
                        if let failure { return continuation.resume(returning: .failure(failure)) }
                        committed?(value)
                        continuation.resume(returning: outcome)
                    }
                },
                refuse: { continuation.resume(returning: .failure($0)) })
            do throws(DatabaseError) {
                try queue.submit(job)
            } catch {
                job.refuse(error)
            }
        }
        return try result.get()
    }

    /// Takes no more jobs, commits those that wait, closes the connection.
    func close() async {
        queue.close()
        await ended.wait()
        await checkpointer?.close()
    }

    private static func savepoint<Value>(
        _ connection: Connection, _ body: (Connection) throws(DatabaseError) -> Value
    ) -> Result<Value, DatabaseError> {
        do throws(DatabaseError) {
            try connection.statement("SAVEPOINT job").run()
            let value = try body(connection)
            try connection.statement("RELEASE job").run()
            return .success(value)
        } catch {
            if connection.isInTransaction {
                try? connection.statement("ROLLBACK TO job").run()
                try? connection.statement("RELEASE job").run()
            }
            return .failure(error)
        }
    }

    /// What the thread does; apart from the writer, so that the thread does not keep an abandoned writer alive.
    private struct Loop: Sendable {
        let checkpointer: Checkpointer?
        let upkeep: Upkeep?

        /// Runs and commits one group.
        /// - Returns: how many jobs it had.
        func group(from first: Job, queue: WorkQueue<Job>, _ connection: Connection) -> Int {
            do throws(DatabaseError) {
                try connection.statement("BEGIN IMMEDIATE").run()
            } catch {
                first.refuse(error)
                return 1
            }
            let start = ContinuousClock.now
            var ran: [Ran] = []
            var next: Job? = first
            while let job = next {
                ran.append(job.run(connection))
                guard connection.isInTransaction else { break }
                let isFull = ran.count >= GroupWriter.jobsInGroup || start.duration(to: .now) > GroupWriter.groupTime
                next = isFull ? nil : queue.poll()
            }
            end(ran, connection)
            return ran.count
        }

        private func end(_ ran: [Ran], _ connection: Connection) {
            var afterwards: (@Sendable () -> Void)?
            if let upkeep, connection.isInTransaction {
                if case .success(let closure) = GroupWriter.savepoint(connection, upkeep) { afterwards = closure }
            }
            do throws(DatabaseError) {
                guard connection.isInTransaction else {
                    throw ran.last?.failure ?? DatabaseError(.unavailable, "commit: the transaction was undone")
                }
                try connection.statement("COMMIT").run()
            } catch {
                if connection.isInTransaction { try? connection.statement("ROLLBACK").run() }
                for job in ran { job.finish(error) }
                return
            }
            for job in ran { job.finish(nil) }
            afterwards?()
            if let checkpointer, checkpointer.isRestDue(walPages: connection.walPages) {
                _ = try? connection.checkpoint()
            }
        }
    }
}

extension Result {
    /// The failure, if it is one.
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
