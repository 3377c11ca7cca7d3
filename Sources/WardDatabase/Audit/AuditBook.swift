/// One calendar year (UTC) of the audit log: a Merkle tree with an origin of its own.
///
/// Leaf 0 of a book that follows another is the other's last checkpoint (``opening``); the entries follow it. The
/// first book of a log has no opening, and its leaf 0 is entry 0.
public struct AuditBook: Sendable, Hashable {
    /// The calendar year, such as 2026.
    public var year: Int
    /// The first entry of the book.
    public var start: Int64
    /// The last checkpoint of the book before, as it was signed; empty in the first book.
    public var opening: [UInt8]

    /// A book; see the properties.
    public init(year: Int, start: Int64, opening: [UInt8]) {
        self.year = year
        self.start = start
        self.opening = opening
    }

    /// Leaves that are not entries: 1 where there is an opening, else 0.
    public var openingLeaves: Int64 { opening.isEmpty ? 0 : 1 }

    /// The position of the entry that is a leaf of this book.
    public func position(ofLeaf leaf: Int64) -> Int64 { start + leaf - openingLeaves }

    /// The leaf that an entry is in this book.
    public func leaf(ofPosition position: Int64) -> Int64 { position - start + openingLeaves }
}
