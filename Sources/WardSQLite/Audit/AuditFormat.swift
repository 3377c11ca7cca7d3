extension DatabaseFormat {
    /// The audit log's own database.
    ///
    /// - `entry`: the log, one row an entry, `position` dense from 0 on.
    /// - `book`: one row a calendar year; `opening` is the last checkpoint of the year before, empty in the first one.
    /// - `tile`: hashes of the trees, 32 bytes each, 256 in a full row.
    /// - `checkpoint`: signed notes; the one with the greatest size is the head of its year.
    /// - `tombstone`: one row for each run of entries that was removed after its time; the runs follow each other from
    ///   position 0 on.
    /// - `quarantine`: rows that stood in `entry` and were none of this log, with the position at which they stood.
    /// - `loss`: one row for each time that signed entries were lost and the log was rebuilt without them.
    /// - `outbox_cursor`: one row, the last outbox row that is in the log.
    static let audit = DatabaseFormat(
        applicationID: 0x5741_5544,
        steps: ["""
            CREATE TABLE entry(position INTEGER PRIMARY KEY CHECK(position >= 0), bytes BLOB NOT NULL) STRICT;
            CREATE TABLE book(year INTEGER PRIMARY KEY, start INTEGER NOT NULL, opening BLOB NOT NULL) STRICT;
            CREATE TABLE tile(
                year INTEGER NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
                PRIMARY KEY(year, level, number)) STRICT;
            CREATE TABLE checkpoint(
                year INTEGER NOT NULL, size INTEGER NOT NULL, note BLOB NOT NULL, PRIMARY KEY(year, size)) STRICT,
                WITHOUT ROWID;
            CREATE TABLE outbox_cursor(
                id INTEGER PRIMARY KEY CHECK(id = 1), number INTEGER NOT NULL, event BLOB NOT NULL) STRICT;
            INSERT INTO outbox_cursor VALUES(1, 0, x'');
            """,
            """
            CREATE TABLE tombstone(start INTEGER PRIMARY KEY, end INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
            """,
            """
            CREATE TABLE quarantine(id INTEGER PRIMARY KEY, position INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
            CREATE TABLE loss(id INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
            """],
        tables: ["entry", "book", "tile", "checkpoint", "outbox_cursor", "tombstone", "quarantine", "loss"])
}
