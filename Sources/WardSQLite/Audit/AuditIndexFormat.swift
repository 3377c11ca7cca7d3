extension DatabaseFormat {
    /// The index over the audit log; made from the log, so it may be deleted.
    ///
    /// - `posting`: which entries belong to a term.
    /// - `value`: the values that a family has, but for patients, who are many.
    /// - `state`: one row, how far the log is indexed.
    static let auditIndex = DatabaseFormat(
        applicationID: 0x5741_4958,
        steps: ["""
            CREATE TABLE posting(
                family INTEGER NOT NULL, value INTEGER NOT NULL, position INTEGER NOT NULL,
                PRIMARY KEY(family, value, position)) STRICT, WITHOUT ROWID;
            CREATE TABLE value(
                family INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY(family, value)) STRICT, WITHOUT ROWID;
            CREATE TABLE state(id INTEGER PRIMARY KEY CHECK(id = 1), end INTEGER NOT NULL, last BLOB NOT NULL) STRICT;
            INSERT INTO state VALUES(1, 0, x'');
            """])
}
