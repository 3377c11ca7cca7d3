import Testing
import WardDatabase
import WardSQLite
import WardTesting

/// A SQLite store in a folder of its own.
struct SQLiteHarness: RecordStoreHarness {
    var folder: TemporaryFolder
    var options = RecordStoreOptions()
    var isWrapped = false

    func open() async throws -> any RecordStore {
        let store = try SQLiteRecordStore(path: folder.file("records.sqlite"), options: options)
        return isWrapped ? FaultyDatabase(store) : store
    }

    func openForReading() async throws -> (any RecordStore)? {
        try SQLiteRecordStore(readingAt: folder.file("records.sqlite"), options: options)
    }

    /// Bounds so small that a test goes through every level of the index, both ways of searching, and checkpoints.
    static var smallBounds: RecordStoreOptions {
        var options = RecordStoreOptions()
        options.recentTokens = 200
        options.mergedTokens = 1_000
        options.frequentTokenRecords = 3
        options.fewHits = 20
        options.walkedRows = 60
        options.checkpointPages = 20
        options.readers = 2
        return options
    }
}

@Suite("SQLite keeps every guarantee of a record store")
struct SQLiteConformanceTests {
    @Test("with its own bounds", arguments: RecordStoreConformance.checks)
    func conforms(_ check: RecordStoreConformance.Check) async throws {
        try await check.run(SQLiteHarness(folder: TemporaryFolder()))
    }

    @Test("with bounds so small that every level is used", arguments: RecordStoreConformance.checks)
    func conformsWithSmallBounds(_ check: RecordStoreConformance.Check) async throws {
        try await check.run(SQLiteHarness(folder: TemporaryFolder(), options: SQLiteHarness.smallBounds))
    }

    @Test("inside a FaultyDatabase without faults", arguments: RecordStoreConformance.checks)
    func conformsWrapped(_ check: RecordStoreConformance.Check) async throws {
        try await check.run(SQLiteHarness(folder: TemporaryFolder(), isWrapped: true))
    }
}
