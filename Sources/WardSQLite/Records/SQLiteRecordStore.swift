internal import Synchronization
public import WardDatabase

/// The record store of a single machine: one SQLite file, one writer that commits in groups, a pool of readers.
///
/// - Durable: write-ahead log with `synchronous=FULL`; a commit returns after its flush.
/// - One process writes. Others may open the same file with ``init(readingAt:options:)`` at the same time.
/// - The file has mode 0600; a folder that it makes has 0700.
public final class SQLiteRecordStore: RecordStore {
    let options: RecordStoreOptions
    let readers: ReaderPool
    /// Nil in a store that is open for reading only.
    let writer: GroupWriter?
    /// One for each set of tables; a set stands at its number.
    let levels: [TokenLevels]
    /// The newest epoch of the index that is on disk, as far as this process began or met it.
    let newestEpoch = Mutex<UInt32>(0)
    let types: RecordTypes
    let signal: OutboxSignal

    /// Opens the store at `path` for reading and writing, creates it where it is missing, and brings its tables up to date.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt`, `.foreign`, `.forbidden`, `.full` or `.unavailable`.
    public init(path: String, options: RecordStoreOptions = .init()) throws(DatabaseError) {
        let file = Self.file(path, options)
        let connection = try file.openForWriting()
        let levels = TokenTables.all.map { TokenLevels(tables: $0, bounds: options) }
        let newest = try connection.integer("SELECT coalesce(max(sequence), 0) FROM record")
        guard newest >= 0, newest < RecordRow.sequences else {
            throw DatabaseError(.corrupt, "record: a row has a sequence that is never given; ward verify names it")
        }
        for epoch in try TokenEpoch.all(connection) {
            try levels[epoch.tables.number].check(connection)
            try levels[epoch.tables.number].recent.restore(
                epoch.tables.recent(connection, boundary: epoch.boundary), newestSequence: newest,
                reindexed: epoch.reindexed)
        }
        let signal = OutboxSignal()
        signal.added(through: try connection.integer("SELECT coalesce(max(number), 0) FROM outbox"))
        let epoch = try TokenEpoch.all(connection).last?.epoch ?? 0
        newestEpoch.withLock { $0 = epoch }
        self.options = options
        self.levels = levels
        self.signal = signal
        types = RecordTypes()
        readers = try ReaderPool(file: file, count: options.readers, capacity: options.waitingReads)
        writer = GroupWriter(
            connection: connection, checkpointer: try Checkpointer(file: file, pages: options.checkpointPages),
            capacity: options.waitingBatches,
            upkeep: { connection throws(DatabaseError) in try Self.upkeep(levels, connection) })
    }

    /// Opens the store at `path` for reading only, also beside a running server. It must exist; writing throws `.unavailable`. What is
    /// wrong with its tables does not hold it up: ``flaws(relayed:)`` names it.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt` or `.unavailable`.
    public init(readingAt path: String, options: RecordStoreOptions = .init()) throws(DatabaseError) {
        self.options = options
        levels = TokenTables.all.map { TokenLevels(tables: $0, bounds: options) }
        signal = OutboxSignal()
        types = RecordTypes()
        var file = Self.file(path, options)
        file.isLenient = true
        readers = try ReaderPool(file: file, count: options.readers, capacity: options.waitingReads)
        writer = nil
    }

    /// One step of merging in the levels of each epoch.
    private static func upkeep(
        _ levels: [TokenLevels], _ connection: Connection
    ) throws(DatabaseError) -> (@Sendable () -> Void)? {
        var afterwards: [@Sendable () -> Void] = []
        for epoch in try TokenEpoch.all(connection) {
            if let done = try levels[epoch.tables.number].upkeep(connection) { afterwards.append(done) }
        }
        guard !afterwards.isEmpty else { return nil }
        return { [afterwards] in
            for done in afterwards { done() }
        }
    }

    public func close() async {
        signal.close()
        // The writer is the last to go, so that it can empty the write-ahead log.
        await readers.close()
        await writer?.close()
    }

    private static func file(_ path: String, _ options: RecordStoreOptions) -> DatabaseFile {
        DatabaseFile(
            path: path, format: .records, pageSize: options.pageSize, writerCacheKiB: options.writerCacheKiB,
            readerCacheKiB: options.readerCacheKiB)
    }
}
