/// A place in the entries of a blind index, for walking through them; its meaning is the engine's.
public struct IndexPlace: Sendable, Hashable {
    public var level: Int
    public var key: Int64
    public var record: Int64

    /// A place; engines make it.
    public init(level: Int, key: Int64, record: Int64 = 0) {
        self.level = level
        self.key = key
        self.record = record
    }
}

/// What a part of a blind index holds that should not be there.
public struct IndexPage: Sendable {
    /// Sequences of versions that the index finds by a token which is none of theirs, and sequences that no version
    /// has.
    public var strays: [Int64]
    /// Current versions whose tokens the index is about to forget, as it does those of superseded ones.
    public var forgotten: [Int64] = []
    /// Rows of the index that the engine does not write.
    public var flaws: [StoreFlaw] = []
    /// Where the next page begins; nil at the end.
    public var next: IndexPlace?

    /// A page; engines make it.
    public init(strays: [Int64], next: IndexPlace?) {
        self.strays = strays
        self.next = next
    }
}
