public import WardDatabase

extension SQLiteAuditStore {
    public func flaws() async throws(DatabaseError) -> [StoreFlaw] {
        try await readers.read { connection throws(DatabaseError) in
            try connection.snapshot { () throws(DatabaseError) in
                try SchemaCheck.flaws(of: connection, .audit) + Self.strayTiles(connection) + Self.longTiles(connection)
                    + Self.strayCheckpoints(connection) + Self.strayCursors(connection) + Self.strayNumbers(connection)
            }
        }
    }

    /// Levels that a tree of ``AuditLimits/positions`` leaves has.
    private static let levels = 0...7

    /// Tiles of a level or number that no tree has, and those of no book (one that is missing has its checkpoints). How far
    /// level 0 goes, verification compares with the signed tree.
    private static func strayTiles(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        let query = try connection.statement("""
            SELECT year, level, number FROM tile
            WHERE year NOT IN (SELECT year FROM book UNION SELECT year FROM checkpoint)
                OR level NOT BETWEEN 0 AND ?1 OR number < 0
            ORDER BY year, level, number LIMIT 16
            """)
        query.bind(1, Int64(levels.upperBound))
        try query.forEachRow { row throws(DatabaseError) in
            flaws.append(tile(row.integer(0), row.integer(1), row.integer(2)))
            return true
        }
        let beyond = try connection.statement(
            "SELECT number FROM tile WHERE year = ?1 AND level = ?2 AND number >= ?3 ORDER BY number LIMIT 1")
        for book in try books(connection) {
            let size = try treeSize(of: book.year, connection)
            for level in levels.dropFirst() {
                let hashes = size >> Int64(8 * level)
                beyond.bind(1, Int64(book.year))
                beyond.bind(2, Int64(level))
                beyond.bind(3, (hashes + Int64(AuditLimits.tileWidth) - 1) >> 8)
                if let number = try beyond.first({ $0.integer(0) }) { flaws.append(tile(Int64(book.year), Int64(level), number)) }
            }
        }
        return flaws
    }

    /// Tiles with more than the hashes that the tree has there: no path leads through them, though all that is needed is in them.
    /// Those that have less, or others, verification names where it compares them with the signed tree.
    private static func longTiles(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        var flaws: [StoreFlaw] = []
        let query = try connection.statement("""
            SELECT number FROM tile
            WHERE year = ?1 AND level = ?2 AND number BETWEEN 0 AND ?3
                AND (length(hashes) = 0 OR length(hashes) > CASE WHEN number < ?3 THEN ?4 ELSE ?5 END)
            ORDER BY number LIMIT 16
            """)
        for book in try books(connection) {
            let size = try treeSize(of: book.year, connection)
            for level in levels {
                let hashes = size >> Int64(8 * level)
                query.bind(1, Int64(book.year))
                query.bind(2, Int64(level))
                query.bind(3, hashes >> 8)
                query.bind(4, Int64(AuditLimits.tileWidth * 32))
                query.bind(5, (hashes & 0xFF) * 32)
                try query.forEachRow { row throws(DatabaseError) in
                    // A tile above level 0 where no hash is due is one that no tree has.
                    guard level == 0 || row.integer(0) < hashes >> 8 || hashes & 0xFF > 0 else { return true }
                    let place = "tile \(row.integer(0)) of level \(level) of \(book.year)"
                    flaws.append(StoreFlaw(place, "it holds more than the hashes that the tree has there", isFatal: true))
                    return true
                }
            }
        }
        return flaws
    }

    /// The leaves of a book: those of its newest checkpoint, or of its tiles where they go on behind it.
    private static func treeSize(of year: Int, _ connection: Connection) throws(DatabaseError) -> Int64 {
        let head = min(max(try headSize(of: year, connection), 0), AuditLimits.positions)
        return max(head, try leaves(of: year, connection))
    }

    /// How many leaves the tiles of level 0 have, also where the checkpoint that signed them is missing: that has another name.
    private static func leaves(of year: Int, _ connection: Connection) throws(DatabaseError) -> Int64 {
        let query = try connection.statement(
            "SELECT number, length(hashes) FROM tile WHERE year = ?1 AND level = 0 ORDER BY number DESC LIMIT 1")
        query.bind(1, Int64(year))
        return try query.first { min(max($0.integer(0), 0), AuditLimits.positions >> 8) << 8 + $0.integer(1) / 32 } ?? 0
    }

    private static func tile(_ year: Int64, _ level: Int64, _ number: Int64) -> StoreFlaw {
        StoreFlaw("tile \(number) of level \(level) of \(year)", "no signed tree has it; somebody put it there")
    }

    /// Checkpoints of no calendar year, and of a size that no tree has.
    private static func strayCheckpoints(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        let query = try connection.statement(
            "SELECT year, size FROM checkpoint WHERE year < 0 OR year > 9999 OR size < 0 ORDER BY year, size LIMIT 1")
        return try query.first({ ($0.integer(0), $0.integer(1)) }).map { year, size in
            [
                (0...9_999).contains(year)
                    ? StoreFlaw("a checkpoint of \(size) leaves of \(year)", "no tree has that size; somebody put it there")
                    : StoreFlaw("a checkpoint of \(year)", "that is no year of a log; somebody put it there")
            ]
        } ?? []
    }

    /// Cells of numbers that hold none: what reads as a number is found and ordered as something else.
    private static func strayNumbers(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        let columns = [
            ("book", ["start"]), ("checkpoint", ["size", "year"]), ("outbox_cursor", ["number"]), ("quarantine", ["position"]),
            ("tile", ["level", "number", "year"]), ("tombstone", ["end"]),
        ]
        var flaws: [StoreFlaw] = []
        for (table, names) in columns {
            for name in names where try connection.integer("SELECT EXISTS(SELECT 1 FROM \(table) WHERE typeof(\(name)) <> 'integer')") == 1 {
                flaws.append(StoreFlaw("\(name) of \(table)", "a row holds no whole number there; somebody wrote it", isFatal: true))
            }
        }
        return flaws
    }

    /// Rows of the cursor beside the one that there is.
    private static func strayCursors(_ connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        let query = try connection.statement("SELECT id FROM outbox_cursor WHERE id <> 1 ORDER BY id LIMIT 1")
        return try query.first({ $0.integer(0) }).map {
            [StoreFlaw("row \($0) of outbox_cursor", "there is row 1 and no other; somebody put it there")]
        } ?? []
    }
}
