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
    let levels: TokenLevels
    let types: RecordTypes
    let signal: OutboxSignal

    /// Opens the store at `path` for reading and writing, creates it where it is missing, and brings its tables up to date.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt`, `.full`, or `.unavailable` (no rights, the file of another program).
    public init(path: String, options: RecordStoreOptions = .init()) throws(DatabaseError) {
        let file = Self.file(path, options)
        let connection = try file.openForWriting()
        let levels = TokenLevels(bounds: options)
        try levels.recent.restore(
            TokenLevels.recent(connection),
            newestSequence: connection.integer("SELECT coalesce(max(sequence), 0) FROM record"))
        let signal = OutboxSignal()
        signal.added(through: try connection.integer("SELECT coalesce(max(number), 0) FROM outbox"))
        self.options = options
        self.levels = levels
        self.signal = signal
        types = RecordTypes()
        readers = try ReaderPool(file: file, count: options.readers, capacity: options.waitingReads)
        writer = GroupWriter(
            connection: connection, checkpointer: try Checkpointer(file: file, pages: options.checkpointPages),
            capacity: options.waitingBatches,
            upkeep: { connection throws(DatabaseError) in try levels.upkeep(connection) })
    }

    /// Opens the store at `path` for reading only, also beside a running server. It must exist; writing throws `.unavailable`.
    /// - Throws: ``DatabaseError``: `.newerSchema`, `.corrupt` or `.unavailable`.
    public init(readingAt path: String, options: RecordStoreOptions = .init()) throws(DatabaseError) {
        self.options = options
        levels = TokenLevels(bounds: options)
        signal = OutboxSignal()
        types = RecordTypes()
        readers = try ReaderPool(
            file: Self.file(path, options), count: options.readers, capacity: options.waitingReads)
        writer = nil
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
