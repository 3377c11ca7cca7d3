/// The members of an object, in written order.
public struct JSONMembers: Sequence, Sendable {
    /// A name, as a string node, and its value.
    public typealias Element = (name: JSONNode, value: JSONNode)

    private let object: JSONNode

    init(of node: JSONNode) {
        object = node
    }

    /// How many members there are.
    public var count: Int { object.kind == .object ? object.count : 0 }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    public var underestimatedCount: Int { count }

    public func makeIterator() -> Iterator { Iterator(object) }

    /// Walks the members; each step skips the subtree of the last value.
    public struct Iterator: IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var index: Int
        private let end: Int

        init(_ object: JSONNode) {
            let entry = object.entry
            storage = object.storage
            index = Int(object.index) + 1
            end = entry.kind == .object ? Int(entry.next) : index
        }

        public mutating func next() -> Element? {
            guard index < end else { return nil }
            let name = JSONNode(storage: storage, index: index)
            let value = JSONNode(storage: storage, index: index + 1)
            index = Int(value.entry.next)
            return (name, value)
        }
    }
}
