/// The bounds within which a document is parsed.
///
/// Beyond each of them parsing ends with a ``JSONError`` (`tooLarge`, `tooDeep`, `tooManyNodes`).
public struct JSONLimits: Sendable, Equatable {
    /// The most bytes a document may have.
    public var maximumBytes: Int
    /// The most containers that may be open at once; a value of 64 accepts 64 nested arrays and refuses 65.
    public var maximumDepth: Int
    /// The most values and member names together; each takes 16 bytes of memory.
    public var maximumNodes: Int

    /// Bounds for documents from outside: 64 MiB, depth 64, four million nodes.
    public static let standard = JSONLimits()

    /// Makes limits; values are clamped to what the tape can address (2 GiB, depth 512, 128 million nodes).
    public init(maximumBytes: Int = 64 << 20, maximumDepth: Int = 64, maximumNodes: Int = 4_000_000) {
        self.maximumBytes = min(max(maximumBytes, 0), Int(Int32.max))
        self.maximumDepth = min(max(maximumDepth, 1), 512)
        self.maximumNodes = min(max(maximumNodes, 1), JSONTapeEntry.maximumCount)
    }
}
