extension DatabaseFormat {
    /// The file of wrapped data keys. `patient` is empty for the tenant's shared key; `tombstone` names the patients
    /// whose keys were destroyed.
    static let keys = DatabaseFormat(applicationID: 0x5752_644B, steps: ["""
        CREATE TABLE wrapped_key (
            tenant INTEGER NOT NULL,
            patient TEXT NOT NULL,
            version INTEGER NOT NULL,
            kek_version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            wrapped BLOB NOT NULL,
            commitment BLOB NOT NULL,
            PRIMARY KEY (tenant, patient, version)) WITHOUT ROWID;
        """, """
        CREATE TABLE tombstone (
            tenant INTEGER NOT NULL,
            patient TEXT NOT NULL,
            destroyed_at INTEGER NOT NULL,
            request TEXT NOT NULL,
            PRIMARY KEY (tenant, patient)) WITHOUT ROWID;
        """])
}
