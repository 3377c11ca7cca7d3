internal import GRDBSQLite
internal import WardDatabase

extension WardDatabase.DatabaseError {
    /// The error for an SQLite result code. `operation` says what was being done; the message of SQLite is left out because it may
    /// quote values.
    init(sqlite code: Int32, _ operation: StaticString) {
        self.init(Self.kind(code), "\(operation): \(Self.name(code))")
    }

    private static func kind(_ code: Int32) -> Code {
        switch code & 0xFF {
        case SQLITE_FULL: .full
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
        default: .unavailable
        }
    }

    private static func name(_ code: Int32) -> String {
        switch code & 0xFF {
        case SQLITE_FULL: "SQLITE_FULL"
        case SQLITE_CORRUPT: "SQLITE_CORRUPT (\(code))"
        case SQLITE_NOTADB: "SQLITE_NOTADB"
        case SQLITE_READONLY: "SQLITE_READONLY (\(code))"
        case SQLITE_IOERR: "SQLITE_IOERR (\(code))"
        case SQLITE_CANTOPEN: "SQLITE_CANTOPEN"
        case SQLITE_BUSY: "SQLITE_BUSY"
        case SQLITE_LOCKED: "SQLITE_LOCKED"
        case SQLITE_CONSTRAINT: "SQLITE_CONSTRAINT (\(code))"
        case SQLITE_PERM: "SQLITE_PERM"
        case SQLITE_NOMEM: "SQLITE_NOMEM"
        default: "SQLite code \(code)"
        }
    }
}
