/// What a database file is for, and how its tables are made.
struct DatabaseFormat: Sendable {
    /// Stands in the file's header (`PRAGMA application_id`), so that one store never opens the file of another.
    var applicationID: Int32
    /// Step n (from 1) brings a file of version n - 1 to version n; each is SQL without values. Never edit a step that was released: add one.
    var steps: [String]

    /// Tables without which a file is damaged; none where nobody looks.
    var tables: Set<String> = []

    /// The version that this program writes.
    var version: Int64 { Int64(steps.count) }
}
