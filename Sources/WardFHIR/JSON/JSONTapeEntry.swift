/// One value or member name of a parsed document: where its bytes are and where its subtree ends.
///
/// Entries stand in document order: a container is followed by its children; an object's children are name, value,
/// name, value. 16 bytes each, so that four fit a cache line.
struct JSONTapeEntry: Sendable {
    /// The largest number of children, and so of nodes, that `meta` can hold.
    static let maximumCount = (1 << 27) - 1

    /// The offset of the first byte: after the opening quote for a string, the bracket itself for a container.
    var start: UInt32
    /// The offset after the last byte: of the closing quote for a string, after the bracket for a container.
    var end: UInt32
    /// The tape index after this subtree; for a member name, the hash of its decoded bytes.
    var next: UInt32
    /// Bits 0 to 2: the kind; bit 3: the string has escapes; bit 4: a member name; from bit 5: the number of children.
    var meta: UInt32

    @inline(__always)
    var kind: JSONNode.Kind {
        // Bits 0 to 2 are only ever written from a Kind.
        JSONNode.Kind(rawValue: UInt8(truncatingIfNeeded: meta & 7)).unsafelyUnwrapped
    }
    @inline(__always) var hasEscapes: Bool { meta & 8 != 0 }
    @inline(__always) var isName: Bool { meta & 16 != 0 }
    @inline(__always) var count: Int { Int(meta >> 5) }
    @inline(__always) var isContainer: Bool { meta & 7 <= JSONNode.Kind.array.rawValue }

    @inline(__always)
    static func meta(_ kind: JSONNode.Kind, escapes: Bool = false, name: Bool = false, count: Int = 0) -> UInt32 {
        UInt32(kind.rawValue) | (escapes ? 8 : 0) | (name ? 16 : 0) | UInt32(truncatingIfNeeded: count) << 5
    }
}
