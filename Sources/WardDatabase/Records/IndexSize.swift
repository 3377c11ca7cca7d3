/// How much a blind index holds.
public struct IndexSize: Sendable, Hashable {
    /// Current versions that can be found by it.
    public var records: Int
    /// Entries (a token and a record that it finds) by level, the newest level first; its names are the engine's.
    public var levels: [Level]

    /// One level.
    public struct Level: Sendable, Hashable {
        public var name: String
        public var entries: Int

        /// A level; engines make it.
        public init(name: String, entries: Int) {
            self.name = name
            self.entries = entries
        }
    }

    /// A size; engines make it.
    public init(records: Int, levels: [Level]) {
        self.records = records
        self.levels = levels
    }
}
