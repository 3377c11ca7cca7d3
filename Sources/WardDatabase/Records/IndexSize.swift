/// How much a blind index holds.
public struct IndexSize: Sendable, Hashable {
    /// Current versions that can be found by it; where counting ended at the bound, at least so many.
    public var records: Int
    /// The number at which counting ends.
    public var bound: Int
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
    public init(records: Int, bound: Int, levels: [Level]) {
        self.records = records
        self.bound = bound
        self.levels = levels
    }
}
