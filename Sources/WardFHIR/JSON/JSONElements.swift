/// The elements of an array, in order.
public struct JSONElements: Sequence, Sendable {
    private let array: JSONNode

    init(of node: JSONNode) {
        array = node
    }

    /// How many elements there are.
    public var count: Int { array.kind == .array ? array.count : 0 }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    public var underestimatedCount: Int { count }

    public func makeIterator() -> Iterator { Iterator(array) }

    /// Walks the elements; each step skips the subtree of the last one.
    public struct Iterator: IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var index: Int
        private let end: Int

        init(_ array: JSONNode) {
            let entry = array.entry
            storage = array.storage
            index = Int(array.index) + 1
            end = entry.kind == .array ? Int(entry.next) : index
        }

        public mutating func next() -> JSONNode? {
            guard index < end else { return nil }
            let node = JSONNode(storage: storage, index: index)
            index = Int(node.entry.next)
            return node
        }
    }
}
