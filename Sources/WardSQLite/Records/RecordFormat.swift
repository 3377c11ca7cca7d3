extension DatabaseFormat {
    /// The file of sealed records, their blind index and the outbox.
    ///
    /// - `record`: one row a version; `current` is 1 for the newest version of a record, also where that is a deletion. Ids and patients
    ///   are BLOBs of 16 bytes where they are UUIDs, otherwise text.
    /// - `outbox`: AUTOINCREMENT keeps its numbers dense and never used twice; a rollback takes the counter back as well.
    /// - `token_list`: the tokens of each version, sorted, 8 bytes each, little endian: what the index should hold, in the order of arrival.
    /// - `token_drop`: versions whose tokens are to leave the index, with the sequence that superseded them.
    /// - `closed_compartment`: patients whose keys were destroyed; nothing is written for them any more.
    /// - `token_slice`, `token_run`, `token`, `token_state`: see ``TokenLevels``.
    /// - The tables of tokens are there twice, the second time with names that end in `_b`: see ``TokenTables``. `token_epoch` says which
    ///   set holds which epoch of the index, from which sequence on new versions were written to it (`boundary`), and up to which
    ///   sequence the older ones have been brought over (`reindexed`).
    static let records = DatabaseFormat(applicationID: 0x5752_6431, steps: ["""
        CREATE TABLE record_type (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE record (
            sequence INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL,
            patient,
            type INTEGER NOT NULL,
            id NOT NULL,
            version INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            current INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            digest BLOB NOT NULL,
            filter BLOB NOT NULL,
            sealed BLOB NOT NULL);
        CREATE UNIQUE INDEX record_version ON record (tenant, type, id, version);
        CREATE INDEX record_current ON record (tenant, type, updated_at) WHERE current = 1 AND deleted = 0;
        CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL, entry BLOB NOT NULL);
        CREATE TABLE token_list (record INTEGER PRIMARY KEY, tokens BLOB NOT NULL);
        CREATE TABLE token_drop (record INTEGER PRIMARY KEY, since INTEGER NOT NULL);
        CREATE TABLE token_slice (slice INTEGER PRIMARY KEY, through INTEGER NOT NULL);
        CREATE TABLE token_run (key INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE token (
            token INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (token, record)) WITHOUT ROWID;
        CREATE TABLE token_state (
            key INTEGER PRIMARY KEY, next_slice INTEGER NOT NULL, next_bucket INTEGER NOT NULL,
            next_run INTEGER NOT NULL, run_entries INTEGER NOT NULL);
        INSERT INTO token_state VALUES (1, 0, 0, 1, 0);
        """, """
        ALTER TABLE token_slice ADD COLUMN reindexed INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE token_list_b (record INTEGER PRIMARY KEY, tokens BLOB NOT NULL);
        CREATE TABLE token_drop_b (record INTEGER PRIMARY KEY, since INTEGER NOT NULL);
        CREATE TABLE token_slice_b (
            slice INTEGER PRIMARY KEY, through INTEGER NOT NULL, reindexed INTEGER NOT NULL);
        CREATE TABLE token_run_b (key INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE token_b (
            token INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (token, record)) WITHOUT ROWID;
        CREATE TABLE token_state_b (
            key INTEGER PRIMARY KEY, next_slice INTEGER NOT NULL, next_bucket INTEGER NOT NULL,
            next_run INTEGER NOT NULL, run_entries INTEGER NOT NULL);
        INSERT INTO token_state_b VALUES (1, 0, 0, 1, 0);
        CREATE TABLE token_epoch (
            tables INTEGER PRIMARY KEY, epoch INTEGER NOT NULL UNIQUE, boundary INTEGER NOT NULL,
            reindexed INTEGER NOT NULL);
        INSERT INTO token_epoch VALUES (0, 1, 0, 0);
        """, """
        CREATE TABLE closed_compartment (tenant INTEGER NOT NULL, patient NOT NULL, PRIMARY KEY (tenant, patient)) WITHOUT ROWID;
        """, """
        CREATE INDEX record_deleted ON record (tenant, type, updated_at) WHERE current = 1 AND deleted = 1;
        """])
}
