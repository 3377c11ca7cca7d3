/// Consecutive rows of the audit log in one buffer, so that reading many costs few allocations.
public struct EntryBlock: Sendable {
    /// The position of each row, ascending; dense unless the store was tampered with.
    public private(set) var positions: [Int64] = []
    /// All entries, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// Where each entry ends in ``bytes``.
    public private(set) var ends: [Int] = []

    /// The position of the first row whose cell holds something else than bytes, which no engine of ours writes; nil where there is none.
    public private(set) var foreign: Int64?

    /// An empty block.
    public init() {}

    /// How many rows there are.
    public var count: Int { positions.count }

    /// The bytes of the row at an index of this block, from 0 on.
    public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    /// Where the row at an index lies in ``bytes``.
    public func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Makes room.
    public mutating func reserve(rows: Int, bytes count: Int) {
        positions.reserveCapacity(rows)
        ends.reserveCapacity(rows)
        bytes.reserveCapacity(count)
    }

    /// Adds a row; stores do it. `isPlain` says whether its cell holds bytes.
    public mutating func append(position: Int64, entry: UnsafeRawBufferPointer, isPlain: Bool = true) {
        if !isPlain, foreign == nil { foreign = position }
        positions.append(position)
        bytes.append(contentsOf: entry)
        ends.append(bytes.count)
    }
}
