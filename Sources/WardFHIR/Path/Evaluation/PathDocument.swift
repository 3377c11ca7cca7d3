/// The members of the values of one document, as FHIRPath sees them: choices without their type, primitives together with
/// their `_name` siblings.
struct PathDocument {
    let storage: JSONStorage
    private let definitions: FHIRDefinitions

    init(_ storage: JSONStorage, _ definitions: FHIRDefinitions) {
        self.storage = storage
        self.definitions = definitions
    }

    /// Calls `body` with every value of the element called `name`.
    func children(of place: PathPlace, _ name: PathName, _ body: (PathPlace) -> Void) {
        if place.type.kind == .primitive && name.isValue {
            if place.node >= 0 { body(PathPlace(type: place.type, node: place.node)) }
            return
        }
        let definition = name.bytes.withUnsafeBufferPointer { place.type.element(pathName: $0, hash: name.hash) }
        guard let definition, place.holder >= 0 else { return }
        if definition.isChoice { return choice(of: place, definition, name, body) }
        let type = definition.types[0]
        let value = name.bytes.withUnsafeBufferPointer { storage.member(of: place.holder, named: $0) } ?? -1
        var sibling = -1
        if type.kind == .primitive {
            sibling = name.siblingBytes.withUnsafeBufferPointer { storage.member(of: place.holder, named: $0) } ?? -1
        }
        values(value, sibling, type, body)
    }

    /// Calls `body` with every value of every element, in the order of the document.
    func allChildren(of place: PathPlace, _ body: (PathPlace) -> Void) {
        guard place.holder >= 0 else { return }
        forEachMember(of: place.holder) { name, value in
            if let found = storage.withDecoded(name, { place.type.element(named: $0) }) {
                values(found, name, value, of: place, body)
            }
        }
    }

    /// Whether the element of that name has exactly one value, and it is this text.
    func isOnlyValue(_ text: [UInt8], of place: PathPlace, _ name: PathName) -> Bool {
        var count = 0
        var isSame = false
        children(of: place, name) { child in
            count += 1
            guard child.node >= 0, child.type.primitive?.isText == true else { return }
            let entry = storage.tape[Int(child.node)]
            isSame = entry.kind == .string && text.withUnsafeBufferPointer { storage.equals(entry, $0) }
        }
        return count == 1 && isSame
    }

    private func choice(
        of place: PathPlace, _ definition: ElementDefinition, _ name: PathName, _ body: (PathPlace) -> Void
    ) {
        forEachMember(of: place.holder) { member, value in
            let found = storage.withDecoded(member) { name.begins($0) ? place.type.element(named: $0) : nil }
            if let found, found.element === definition { values(found, member, value, of: place, body) }
        }
    }

    /// The values of a member that stands for `found`. A sibling is taken with its primitive, or by itself where that is not there.
    private func values(
        _ found: ResolvedElement, _ name: JSONTapeEntry, _ value: Int, of place: PathPlace, _ body: (PathPlace) -> Void
    ) {
        let partner = found.type.kind == .primitive ? partner(of: name, in: place.holder) : -1
        if !found.isSibling {
            values(value, partner, found.type, body)
        } else if partner < 0 {
            values(-1, value, found.type, body)
        }
    }

    private func forEachMember(of object: Int, _ body: (_ name: JSONTapeEntry, _ value: Int) -> Void) {
        guard storage.tape[object].kind == .object else { return }
        var index = object + 1
        let end = Int(storage.tape[object].next)
        while index < end {
            body(storage.tape[index], index + 1)
            index = Int(storage.tape[index + 1].next)
        }
    }

    /// The place of `_name` for `name`, and of `name` for `_name`; -1 if it is not there.
    private func partner(of name: JSONTapeEntry, in holder: Int) -> Int {
        storage.withDecoded(name) { bytes in
            if bytes.first == UInt8(ascii: "_") {
                return storage.member(of: holder, named: UnsafeBufferPointer(rebasing: bytes.dropFirst()))
            }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { buffer in
                buffer[0] = UInt8(ascii: "_")
                for (index, byte) in bytes.enumerated() { buffer[index + 1] = byte }
                return storage.member(of: holder, named: UnsafeBufferPointer(buffer))
            }
        } ?? -1
    }

    private func values(_ value: Int, _ sibling: Int, _ type: TypeDefinition, _ body: (PathPlace) -> Void) {
        let isList = value >= 0 && storage.tape[value].kind == .array
        let isSiblingList = sibling >= 0 && storage.tape[sibling].kind == .array
        if !isList && !isSiblingList { return emit(value, sibling, type, body) }
        var next = value + 1
        let end = isList ? Int(storage.tape[value].next) : next
        var nextSibling = sibling + 1
        let siblingEnd = isSiblingList ? Int(storage.tape[sibling].next) : nextSibling
        while next < end || nextSibling < siblingEnd {
            let hasValue = next < end
            let hasSibling = nextSibling < siblingEnd
            emit(hasValue ? next : -1, hasSibling ? nextSibling : -1, type, body)
            if hasValue { next = Int(storage.tape[next].next) }
            if hasSibling { nextSibling = Int(storage.tape[nextSibling].next) }
        }
    }

    private func emit(_ value: Int, _ sibling: Int, _ type: TypeDefinition, _ body: (PathPlace) -> Void) {
        let node = value >= 0 && storage.tape[value].kind != .null ? value : -1
        let beside = sibling >= 0 && storage.tape[sibling].kind == .object ? sibling : -1
        if node < 0 && beside < 0 { return }
        var type = type
        if type.kind == .resource && type.isAbstract {
            let name = JSONNode(storage: storage, index: node)["resourceType"]?.string
            type = name.flatMap { definitions.resourceType(named: $0) } ?? type
        }
        body(PathPlace(type: type, node: Int32(node), sibling: Int32(beside)))
    }
}

extension PrimitiveKind {
    /// Whether FHIRPath takes it as a String.
    var isText: Bool {
        switch self {
        case .date, .dateTime, .instant, .time: false
        default: jsonForm == .string
        }
    }
}
