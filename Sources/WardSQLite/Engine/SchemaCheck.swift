internal import WardDatabase

/// Compares what a file defines with what its format makes: every table and index is there as this program makes it, and
/// nothing else.
enum SchemaCheck {
    /// One table, index, trigger or view.
    private struct Object: Equatable {
        /// `table`, `index`, `trigger` or `view`.
        var kind: String
        var name: String
        var table: String
        /// How it was made, white space aside; nil for what SQLite makes by itself.
        var definition: String?
    }

    /// What differs; fatal where something is missing or another, since statements would fail or find other things.
    static func flaws(of connection: Connection, _ format: DatabaseFormat) throws(DatabaseError) -> [StoreFlaw] {
        let expected = try objects(after: format.steps[...])
        let found = try objects(connection)
        var flaws: [StoreFlaw] = []
        for (key, object) in expected.sorted(by: { $0.key < $1.key }) where found[key] != object {
            flaws.append(StoreFlaw(key, found[key] == nil ? "it is missing" : "it is another than this program makes", isFatal: true))
        }
        for (key, object) in found.sorted(by: { $0.key < $1.key }) where expected[key] == nil { flaws.append(surplus(object)) }
        return flaws
    }

    /// What acts by itself in a file: this program makes no trigger and no view.
    static func acting(in connection: Connection) throws(DatabaseError) -> [StoreFlaw] {
        try objects(connection).filter { ["trigger", "view"].contains($0.value.kind) }.sorted { $0.key < $1.key }.map { surplus($0.value) }
    }

    /// Whether the tables are those that the first `version` steps of a format make, and none of those that later ones make.
    static func hasTables(_ connection: Connection, of version: Int64, _ format: DatabaseFormat) throws(DatabaseError) -> Bool {
        guard (0...format.version).contains(version) else { return false }
        let expected = try objects(after: format.steps.prefix(Int(version)))
        let known = try objects(after: format.steps[...])
        let found = try objects(connection)
        return expected.allSatisfy { found[$0.key] == $0.value } && !found.keys.contains { expected[$0] == nil && known[$0] != nil }
    }

    /// What steps of a format make.
    private static func objects(after steps: ArraySlice<String>) throws(DatabaseError) -> [String: Object] {
        let model = try Connection(path: ":memory:", isReadOnly: false, cacheKiB: 256, busyTimeout: .seconds(1))
        defer { model.close() }
        for step in steps { try model.execute(step) }
        return try objects(model)
    }

    private static func surplus(_ object: Object) -> StoreFlaw {
        let name = object.name
        let isPlain = name.utf8.count <= 64 && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return StoreFlaw("\(object.kind) \(isPlain ? name : "of another name")", "this program makes none of it; somebody put it there")
    }

    /// Objects by kind and name: a trigger may be called as a table is.
    private static func objects(_ connection: Connection) throws(DatabaseError) -> [String: Object] {
        var objects: [String: Object] = [:]
        try connection.statement("SELECT type, name, tbl_name, sql FROM sqlite_schema").forEachRow { row throws(DatabaseError) in
            let definition = row.isNull(3) ? nil : row.text(3).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let object = Object(kind: row.text(0), name: row.text(1), table: row.text(2), definition: definition)
            objects["\(object.kind) \(object.name)"] = object
            return true
        }
        return objects
    }
}
