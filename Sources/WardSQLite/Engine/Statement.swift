internal import GRDBSQLite
internal import WardDatabase

/// A prepared statement of one connection: typed binding and reading without boxing, for hot paths.
///
/// Parameters are numbered from 1, columns from 0. Use it only where its connection may be used.
final class Statement {
    private let handle: OpaquePointer

    /// Prepares `sql`, which must be one statement.
    init(_ sql: UnsafePointer<CChar>, connection: OpaquePointer) throws(DatabaseError) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw DatabaseError(sqlite: code, "prepare") }
        handle = prepared
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Binding

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ value: Bool) { sqlite3_bind_int64(handle, index, value ? 1 : 0) }

    func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

    /// Binds a copy of the bytes as a BLOB; an empty one is an empty BLOB, not NULL.
    func bind(_ index: Int32, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bind(index, $0) }
    }

    /// Binds a copy of the bytes as a BLOB.
    func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        sqlite3_bind_blob64(handle, index, base, UInt64(bytes.count), Self.transient)
    }

    /// Binds a copy of the text.
    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = sqlite3_bind_text64(
                    handle, index, characters.baseAddress, UInt64(characters.count), Self.transient, UInt8(SQLITE_UTF8))
            }
        }
    }

    // MARK: Running

    /// Goes to the next row; false at the end. The caller resets the statement, also after an error.
    func step() throws(DatabaseError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw DatabaseError(sqlite: code, "step")
        }
    }

    /// Ends the run, so that the statement holds no lock; bindings stay.
    func reset() { sqlite3_reset(handle) }

    /// Runs a statement to its end and resets it.
    func run() throws(DatabaseError) {
        var code = sqlite3_step(handle)
        while code == SQLITE_ROW { code = sqlite3_step(handle) }
        sqlite3_reset(handle)
        if code != SQLITE_DONE { throw DatabaseError(sqlite: code, "run") }
    }

    /// Gives each row to `body` until it returns false, then resets the statement.
    func forEachRow(_ body: (Statement) throws(DatabaseError) -> Bool) throws(DatabaseError) {
        defer { reset() }
        while try step() {
            guard try body(self) else { return }
        }
    }

    /// What `body` makes of the first row, or nil if there is none; resets the statement.
    func first<Value>(_ body: (Statement) -> Value) throws(DatabaseError) -> Value? {
        defer { reset() }
        return try step() ? body(self) : nil
    }

    // MARK: Reading the current row

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func flag(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_INTEGER }

    func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }

    func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_BLOB }

    /// The bytes of a BLOB; of anything else, which no statement of this program wrote where one is due, none.
    func blob(_ column: Int32) -> [UInt8] { isBlob(column) ? bytes(column) : [] }

    func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }

    /// The bytes of a BLOB or text; they are valid until the next step.
    func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func text(_ column: Int32) -> String { withBytes(column) { String(decoding: $0, as: UTF8.self) } }

    /// SQLITE_TRANSIENT: SQLite copies the bytes before the bind call returns.
    private static var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}
