/// A value inside a document that somebody else holds: an element without the document.
///
/// A walk passes many of these for each one that it finds; they are plain numbers, so that none is counted.
struct PathPlace {
    /// Lives as long as the definitions, which live as long as the program or the walker that holds them.
    unowned(unsafe) let type: TypeDefinition
    /// Places on the tape; -1 for none.
    let node: Int32
    let sibling: Int32

    init(type: TypeDefinition, node: Int32, sibling: Int32 = -1) {
        self.type = type
        self.node = node
        self.sibling = sibling
    }

    init(_ element: PathElement) {
        self.init(type: element.type, node: element.nodeIndex, sibling: element.siblingIndex)
    }

    /// The object that holds the members of this value: itself, or for a primitive the sibling.
    var holder: Int { Int(type.kind == .primitive ? sibling : node) }
}

extension PathElement {
    init(_ place: PathPlace, in storage: JSONStorage) {
        self.init(type: place.type, storage: storage, node: place.node, sibling: place.sibling)
    }
}
