/// The two sets of tables that hold tokens, and the statements on each.
///
/// An epoch of the index lives in one set. While the index is made anew the next epoch fills the other one; afterwards the
/// old set is emptied and waits for the epoch after that.
struct TokenTables: Sendable {
    /// 0 or 1, as `token_epoch.tables` has it.
    let number: Int
    /// The suffix of its tables' names.
    let suffix: String

    /// The lists of versions in a span of sequences: after ?1, through ?2.
    let listsBetween: StaticString
    /// Superseded versions with their lists, by what superseded them: after ?1.
    let recentDrops: StaticString
    /// How far each slice has left the recent level.
    let slices: StaticString
    /// The runs of a bucket: keys from ?1, below ?2.
    let runsOfBucket: StaticString
    /// All runs with keys after ?1, in order, but for those whose key can be none.
    let runsAfter: StaticString
    let insertRun: StaticString
    let clearBucket: StaticString
    let largeOfToken: StaticString
    let largeHolds: StaticString
    /// Entries of the large level after (?1, ?2) in order, at most ?3.
    let largeAfter: StaticString
    let insertLarge: StaticString
    let deleteLarge: StaticString
    let markSlice: StaticString
    /// Some superseded versions: those that ?1 or an earlier one superseded.
    let oldDrops: StaticString
    let insertDrop: StaticString
    /// Superseded versions after ?1: whether they can be found for all that, whether they have a list, what superseded them; at most ?2.
    let dropsAfter: StaticString
    /// Lists after ?1: whether they are of a version that can be found or is noted as superseded, whether they have the form of a
    /// list; at most ?2.
    let listsAfter: StaticString
    /// Rows whose key can be none, by table, at most ?1 of each end of each.
    let outOfRange: StaticString
    /// Rows of the state that this program does not write, by key.
    let otherStates: StaticString
    let deleteDrop: StaticString
    /// The list of a version.
    let list: StaticString
    let insertList: StaticString
    let deleteList: StaticString
    /// Whether a version can be found, and its list if it has one.
    let standing: StaticString
    let state: StaticString
    let setState: StaticString
    /// Takes some entries away.
    let someLarge: StaticString
    let someRuns: StaticString
    let someLists: StaticString
    let someDrops: StaticString

    /// The name of the table that says where merging stands.
    var stateTable: String { "token_state\(suffix)" }

    /// Both sets; a set stands at its number.
    static let all = [first, second]

    private static let first = TokenTables(
        number: 0, suffix: "",
        listsBetween: "SELECT record, tokens FROM token_list WHERE record > ?1 AND record <= ?2",
        recentDrops: """
            SELECT d.record, d.since, l.tokens FROM token_drop d JOIN token_list l USING (record) WHERE d.since \
            > ?1
            """,
        slices: "SELECT slice, through, reindexed FROM token_slice",
        runsOfBucket: "SELECT entries FROM token_run WHERE key >= ?1 AND key < ?2",
        runsAfter: "SELECT key, entries FROM token_run WHERE key > ?1 AND key < 4611686018427387904 ORDER BY key",
        insertRun: "INSERT INTO token_run (key, entries) VALUES (?1, ?2)",
        clearBucket: "DELETE FROM token_run WHERE key >= ?1 AND key < ?2",
        largeOfToken: "SELECT record FROM token WHERE token = ?1",
        largeHolds: "SELECT 1 FROM token WHERE token = ?1 AND record = ?2",
        largeAfter: "SELECT token, record FROM token WHERE (token, record) > (?1, ?2) ORDER BY token, record LIMIT ?3",
        insertLarge: "INSERT OR IGNORE INTO token (token, record) VALUES (?1, ?2)",
        deleteLarge: "DELETE FROM token WHERE token = ?1 AND record = ?2",
        markSlice: "INSERT OR REPLACE INTO token_slice (slice, through, reindexed) VALUES (?1, ?2, ?3)",
        oldDrops: "SELECT record FROM token_drop WHERE since <= ?1 LIMIT 512",
        insertDrop: "INSERT INTO token_drop (record, since) VALUES (?1, ?2)",
        dropsAfter: """
            SELECT d.record, coalesce(r.current = 1 AND r.deleted = 0, 0), \
            EXISTS (SELECT 1 FROM token_list l WHERE l.record = d.record), d.since \
            FROM token_drop d LEFT JOIN record r ON r.sequence = d.record \
            WHERE d.record > ?1 AND d.record < 4611686018427387904 ORDER BY d.record LIMIT ?2
            """,
        listsAfter: """
            SELECT l.record, coalesce(r.current = 1 AND r.deleted = 0, 0) \
            OR EXISTS (SELECT 1 FROM token_drop d WHERE d.record = l.record), \
            typeof(l.tokens) = 'blob' AND length(l.tokens) % 8 = 0 \
            FROM token_list l LEFT JOIN record r ON r.sequence = l.record \
            WHERE l.record > ?1 AND l.record < 4611686018427387904 ORDER BY l.record LIMIT ?2
            """,
        outOfRange: """
            SELECT 'token_run', key FROM (SELECT key FROM token_run WHERE key < 0 LIMIT ?1) UNION ALL \
            SELECT 'token_run', key FROM (SELECT key FROM token_run WHERE key >= 4611686018427387904 LIMIT ?1) UNION ALL \
            SELECT 'token_list', record FROM (SELECT record FROM token_list WHERE record < 1 LIMIT ?1) UNION ALL \
            SELECT 'token_list', record FROM (SELECT record FROM token_list WHERE record >= 4611686018427387904 LIMIT ?1) UNION ALL \
            SELECT 'token_drop', record FROM (SELECT record FROM token_drop WHERE record < 1 LIMIT ?1) UNION ALL \
            SELECT 'token_drop', record FROM (SELECT record FROM token_drop WHERE record >= 4611686018427387904 LIMIT ?1)
            """,
        otherStates: "SELECT key FROM token_state WHERE key != 1 LIMIT ?1",
        deleteDrop: "DELETE FROM token_drop WHERE record = ?1",
        list: "SELECT tokens FROM token_list WHERE record = ?1",
        insertList: "INSERT INTO token_list (record, tokens) VALUES (?1, ?2)",
        deleteList: "DELETE FROM token_list WHERE record = ?1",
        standing: """
            SELECT r.current = 1 AND r.deleted = 0, l.tokens FROM record r LEFT JOIN token_list l ON l.record = \
            r.sequence WHERE r.sequence = ?1
            """,
        state: "SELECT next_slice, next_bucket, next_run, run_entries FROM token_state WHERE key = 1",
        setState: """
            INSERT OR REPLACE INTO token_state (key, next_slice, next_bucket, next_run, run_entries) VALUES (1, \
            ?1, ?2, ?3, ?4)
            """,
        someLarge: """
            DELETE FROM token WHERE token <= coalesce((SELECT token FROM token ORDER BY token LIMIT 1 OFFSET \
            20000), 9223372036854775807)
            """,
        someRuns: """
            DELETE FROM token_run WHERE key <= coalesce((SELECT key FROM token_run ORDER BY key LIMIT 1 OFFSET \
            1000), 9223372036854775807)
            """,
        someLists: """
            DELETE FROM token_list WHERE record <= coalesce((SELECT record FROM token_list ORDER BY record LIMIT \
            1 OFFSET 2000), 9223372036854775807)
            """,
        someDrops: """
            DELETE FROM token_drop WHERE record <= coalesce((SELECT record FROM token_drop ORDER BY record LIMIT \
            1 OFFSET 5000), 9223372036854775807)
            """)

    private static let second = TokenTables(
        number: 1, suffix: "_b",
        listsBetween: "SELECT record, tokens FROM token_list_b WHERE record > ?1 AND record <= ?2",
        recentDrops: """
            SELECT d.record, d.since, l.tokens FROM token_drop_b d JOIN token_list_b l USING (record) WHERE \
            d.since > ?1
            """,
        slices: "SELECT slice, through, reindexed FROM token_slice_b",
        runsOfBucket: "SELECT entries FROM token_run_b WHERE key >= ?1 AND key < ?2",
        runsAfter: "SELECT key, entries FROM token_run_b WHERE key > ?1 AND key < 4611686018427387904 ORDER BY key",
        insertRun: "INSERT INTO token_run_b (key, entries) VALUES (?1, ?2)",
        clearBucket: "DELETE FROM token_run_b WHERE key >= ?1 AND key < ?2",
        largeOfToken: "SELECT record FROM token_b WHERE token = ?1",
        largeHolds: "SELECT 1 FROM token_b WHERE token = ?1 AND record = ?2",
        largeAfter: """
            SELECT token, record FROM token_b WHERE (token, record) > (?1, ?2) ORDER BY token, record LIMIT ?3
            """,
        insertLarge: "INSERT OR IGNORE INTO token_b (token, record) VALUES (?1, ?2)",
        deleteLarge: "DELETE FROM token_b WHERE token = ?1 AND record = ?2",
        markSlice: "INSERT OR REPLACE INTO token_slice_b (slice, through, reindexed) VALUES (?1, ?2, ?3)",
        oldDrops: "SELECT record FROM token_drop_b WHERE since <= ?1 LIMIT 512",
        insertDrop: "INSERT INTO token_drop_b (record, since) VALUES (?1, ?2)",
        dropsAfter: """
            SELECT d.record, coalesce(r.current = 1 AND r.deleted = 0, 0), \
            EXISTS (SELECT 1 FROM token_list_b l WHERE l.record = d.record), d.since \
            FROM token_drop_b d LEFT JOIN record r ON r.sequence = d.record \
            WHERE d.record > ?1 AND d.record < 4611686018427387904 ORDER BY d.record LIMIT ?2
            """,
        listsAfter: """
            SELECT l.record, coalesce(r.current = 1 AND r.deleted = 0, 0) \
            OR EXISTS (SELECT 1 FROM token_drop_b d WHERE d.record = l.record), \
            typeof(l.tokens) = 'blob' AND length(l.tokens) % 8 = 0 \
            FROM token_list_b l LEFT JOIN record r ON r.sequence = l.record \
            WHERE l.record > ?1 AND l.record < 4611686018427387904 ORDER BY l.record LIMIT ?2
            """,
        outOfRange: """
            SELECT 'token_run_b', key FROM (SELECT key FROM token_run_b WHERE key < 0 LIMIT ?1) UNION ALL \
            SELECT 'token_run_b', key FROM (SELECT key FROM token_run_b WHERE key >= 4611686018427387904 LIMIT ?1) UNION ALL \
            SELECT 'token_list_b', record FROM (SELECT record FROM token_list_b WHERE record < 1 LIMIT ?1) UNION ALL \
            SELECT 'token_list_b', record FROM (SELECT record FROM token_list_b WHERE record >= 4611686018427387904 LIMIT ?1) UNION ALL \
            SELECT 'token_drop_b', record FROM (SELECT record FROM token_drop_b WHERE record < 1 LIMIT ?1) UNION ALL \
            SELECT 'token_drop_b', record FROM (SELECT record FROM token_drop_b WHERE record >= 4611686018427387904 LIMIT ?1)
            """,
        otherStates: "SELECT key FROM token_state_b WHERE key != 1 LIMIT ?1",
        deleteDrop: "DELETE FROM token_drop_b WHERE record = ?1",
        list: "SELECT tokens FROM token_list_b WHERE record = ?1",
        insertList: "INSERT INTO token_list_b (record, tokens) VALUES (?1, ?2)",
        deleteList: "DELETE FROM token_list_b WHERE record = ?1",
        standing: """
            SELECT r.current = 1 AND r.deleted = 0, l.tokens FROM record r LEFT JOIN token_list_b l ON l.record \
            = r.sequence WHERE r.sequence = ?1
            """,
        state: "SELECT next_slice, next_bucket, next_run, run_entries FROM token_state_b WHERE key = 1",
        setState: """
            INSERT OR REPLACE INTO token_state_b (key, next_slice, next_bucket, next_run, run_entries) VALUES \
            (1, ?1, ?2, ?3, ?4)
            """,
        someLarge: """
            DELETE FROM token_b WHERE token <= coalesce((SELECT token FROM token_b ORDER BY token LIMIT 1 OFFSET \
            20000), 9223372036854775807)
            """,
        someRuns: """
            DELETE FROM token_run_b WHERE key <= coalesce((SELECT key FROM token_run_b ORDER BY key LIMIT 1 \
            OFFSET 1000), 9223372036854775807)
            """,
        someLists: """
            DELETE FROM token_list_b WHERE record <= coalesce((SELECT record FROM token_list_b ORDER BY record \
            LIMIT 1 OFFSET 2000), 9223372036854775807)
            """,
        someDrops: """
            DELETE FROM token_drop_b WHERE record <= coalesce((SELECT record FROM token_drop_b ORDER BY record \
            LIMIT 1 OFFSET 5000), 9223372036854775807)
            """)
}
