/// A tile: up to 256 neighbouring hashes of one level of the tree (C2SP tlog-tiles).
public struct AuditTile: Sendable, Equatable {
    /// 0: leaf hashes; level L: roots of full subtrees of 256^L leaves.
    public var level: Int
    /// Counted along the level from 0 on.
    public var number: Int64
    /// 32 bytes a hash; fewer than 256 hashes at the right edge of the tree.
    public var hashes: [UInt8]

    /// A tile; see the properties.
    public init(level: Int, number: Int64, hashes: [UInt8]) {
        self.level = level
        self.number = number
        self.hashes = hashes
    }
}

/// A checkpoint as the store keeps it.
public struct StoredCheckpoint: Sendable, Equatable {
    /// Leaves of the tree that it signs.
    public var size: Int64
    /// The signed note, whole.
    public var note: [UInt8]

    /// A checkpoint; see the properties.
    public init(size: Int64, note: [UInt8]) {
        self.size = size
        self.note = note
    }
}

/// One step of the sequencer: what commits together when the tree of a book grows.
public struct TreeExtension: Sendable {
    /// The book that grows.
    public var year: Int
    /// The size of the head that this builds on; 0 where the book has none.
    public var previousSize: Int64
    /// False where the head that this builds on need not stay on disk; the new one takes its place.
    public var keepsPrevious: Bool
    /// New and grown tiles; each replaces the one at its place.
    public var tiles: [AuditTile]
    /// The new head.
    public var checkpoint: StoredCheckpoint

    /// A step; see the properties.
    public init(year: Int, previousSize: Int64, keepsPrevious: Bool, tiles: [AuditTile], checkpoint: StoredCheckpoint) {
        self.year = year
        self.previousSize = previousSize
        self.keepsPrevious = keepsPrevious
        self.tiles = tiles
        self.checkpoint = checkpoint
    }
}
