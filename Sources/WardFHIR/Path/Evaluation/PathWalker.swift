/// Walks steps of navigation depth first, straight into the result.
struct PathWalker {
    let definitions: FHIRDefinitions
    let root: PathElement?
    let steps: [PathStep]

    func walk(_ value: PathValue, from position: Int = 0, into result: inout [PathValue]) {
        if position == steps.count {
            result.append(value)
            return
        }
        switch steps[position] {
        case .child(let name):
            guard case .element(let element) = value else { return }
            children(of: element, name) { walk(.element($0), from: position + 1, into: &result) }
        case .ofType(let test):
            if test.selects(value) { walk(value, from: position + 1, into: &result) }
        case .whereResolves(let type):
            guard case .element(let element) = value,
                PathReference(element, root: root, definitions: definitions).isTarget(type)
            else { return }
            walk(value, from: position + 1, into: &result)
        case .whereEquals(let name, let text):
            guard case .element(let element) = value, isEqual(element, name, text) else { return }
            walk(value, from: position + 1, into: &result)
        }
    }

    /// Calls `body` with every value of the element called `name`.
    func children(of element: PathElement, _ name: PathName, _ body: (PathElement) -> Void) {
        if element.type.kind == .primitive && name.isValue {
            if element.nodeIndex >= 0 {
                body(PathElement(type: element.type, storage: element.storage, node: element.nodeIndex))
            }
            return
        }
        let definition = name.bytes.withUnsafeBufferPointer { element.type.element(pathName: $0, hash: name.hash) }
        guard let definition, element.holder >= 0 else { return }
        if definition.isChoice {
            choice(of: element, definition, body)
            return
        }
        let type = definition.types[0]
        let storage = element.storage
        let holder = Int(element.holder)
        let value = name.bytes.withUnsafeBufferPointer { storage.member(of: holder, named: $0) } ?? -1
        var sibling = -1
        if type.kind == .primitive {
            sibling = name.siblingBytes.withUnsafeBufferPointer { storage.member(of: holder, named: $0) } ?? -1
        }
        values(storage, value, sibling, type, body)
    }

    /// Calls `body` with every value of every element, in the order of the document.
    func allChildren(of element: PathElement, _ body: (PathElement) -> Void) {
        guard element.holder >= 0 else { return }
        for (name, value) in JSONNode(storage: element.storage, index: Int(element.holder)).members {
            guard let found = name.withUTF8({ element.type.element(named: $0) }) ?? nil else { continue }
            let pair = partner(of: name, in: element)
            if !found.isSibling {
                values(element.storage, Int(value.index), pair, found.type, body)
            } else if pair < 0 {
                values(element.storage, -1, Int(value.index), found.type, body)
            }
        }
    }

    private func choice(of element: PathElement, _ definition: ElementDefinition, _ body: (PathElement) -> Void) {
        for (name, value) in JSONNode(storage: element.storage, index: Int(element.holder)).members {
            let found = name.withUTF8 { bytes -> ResolvedElement? in
                // The shortest name of a choice is the element's own and one letter.
                bytes.count > definition.name.utf8.count ? element.type.element(named: bytes) : nil
            }
            guard let found = found ?? nil, found.element === definition else { continue }
            let pair = found.type.kind == .primitive ? partner(of: name, in: element) : -1
            if !found.isSibling {
                values(element.storage, Int(value.index), pair, found.type, body)
            } else if pair < 0 {
                values(element.storage, -1, Int(value.index), found.type, body)
            }
        }
    }

    /// The place of `_name` for `name`, and of `name` for `_name`; -1 if it is not there.
    private func partner(of name: JSONNode, in element: PathElement) -> Int {
        let place = name.withUTF8 { bytes -> Int? in
            if bytes.first == UInt8(ascii: "_") {
                return element.storage.member(
                    of: Int(element.holder), named: UnsafeBufferPointer(rebasing: bytes.dropFirst()))
            }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { buffer in
                buffer[0] = UInt8(ascii: "_")
                for (index, byte) in bytes.enumerated() { buffer[index + 1] = byte }
                return element.storage.member(of: Int(element.holder), named: UnsafeBufferPointer(buffer))
            }
        }
        return (place ?? nil) ?? -1
    }

    private func values(
        _ storage: JSONStorage, _ value: Int, _ sibling: Int, _ type: TypeDefinition, _ body: (PathElement) -> Void
    ) {
        let isList = value >= 0 && storage.tape[value].kind == .array
        let isSiblingList = sibling >= 0 && storage.tape[sibling].kind == .array
        if !isList && !isSiblingList {
            emit(storage, value, sibling, type, body)
            return
        }
        var next = value + 1
        let end = isList ? Int(storage.tape[value].next) : next
        var nextSibling = sibling + 1
        let siblingEnd = isSiblingList ? Int(storage.tape[sibling].next) : nextSibling
        while next < end || nextSibling < siblingEnd {
            let hasValue = next < end
            let hasSibling = nextSibling < siblingEnd
            emit(storage, hasValue ? next : -1, hasSibling ? nextSibling : -1, type, body)
            if hasValue { next = Int(storage.tape[next].next) }
            if hasSibling { nextSibling = Int(storage.tape[nextSibling].next) }
        }
    }

    private func emit(
        _ storage: JSONStorage, _ value: Int, _ sibling: Int, _ type: TypeDefinition, _ body: (PathElement) -> Void
    ) {
        let node = value >= 0 && storage.tape[value].kind != .null ? value : -1
        let beside = sibling >= 0 && storage.tape[sibling].kind == .object ? sibling : -1
        if node < 0 && beside < 0 { return }
        var type = type
        if type.kind == .resource && type.isAbstract {
            let name = JSONNode(storage: storage, index: node)["resourceType"]?.string
            type = name.flatMap { definitions.resourceType(named: $0) } ?? type
        }
        body(PathElement(type: type, storage: storage, node: Int32(node), sibling: Int32(beside)))
    }

    /// Whether the element has exactly one value of that name, and it is this text.
    private func isEqual(_ element: PathElement, _ name: PathName, _ text: [UInt8]) -> Bool {
        var count = 0
        var isSame = false
        children(of: element, name) { child in
            count += 1
            guard child.nodeIndex >= 0, child.type.primitive?.isText == true else { return }
            let entry = child.storage.tape[Int(child.nodeIndex)]
            isSame = entry.kind == .string && text.withUnsafeBufferPointer { child.storage.equals(entry, $0) }
        }
        return count == 1 && isSame
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
