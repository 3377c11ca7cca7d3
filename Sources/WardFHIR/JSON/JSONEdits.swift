/// Changes to values of one document, applied while a subtree is written in compact form; the document stays as it is.
///
/// Kept by node identity and in document order, so that untouched subtrees are copied whole and one set of edits may
/// serve every entry of a large bundle; making them in document order is cheapest. All nodes must come from the same
/// document.
public struct JSONEdits: Sendable {
    private enum MemberEdit {
        case set(name: String, json: [UInt8], after: String?)
        case remove(name: String)
    }

    private struct NodeEdit {
        var replacement: [UInt8]?
        var members: [MemberEdit] = []
    }

    private var edits: [Int: NodeEdit] = [:]
    private var document: ObjectIdentifier?
    /// The identities of edited nodes, ascending.
    private(set) var touched: [Int] = []

    /// No changes.
    public init() {}

    /// Whether there are no changes.
    public var isEmpty: Bool { touched.isEmpty }

    /// Writes this JSON text instead of the node; a later replacement of the same node wins.
    public mutating func replace(_ node: JSONNode, with json: [UInt8]) {
        touch(node)
        edits[node.identity, default: NodeEdit()].replacement = json
    }

    /// Sets a member of an object: in its place if it is there, else after the named member, else first.
    ///
    /// Edits of one object apply in the order they were made, so `after` may name a member set before. Each costs a
    /// look through the object's members. Nothing happens to a node that is no object.
    public mutating func setMember(of object: JSONNode, name: String, to json: [UInt8], after: String?) {
        touch(object)
        edits[object.identity, default: NodeEdit()].members.append(.set(name: name, json: json, after: after))
    }

    /// Removes a member of an object, if it is there.
    public mutating func removeMember(of object: JSONNode, name: String) {
        touch(object)
        edits[object.identity, default: NodeEdit()].members.append(.remove(name: name))
    }

    /// The node's value in compact form, with the changes to it and inside it.
    public func serialize(_ node: JSONNode) -> [UInt8] {
        var out: [UInt8] = []
        write(node, into: &out)
        return out
    }

    private mutating func touch(_ node: JSONNode) {
        let owner = ObjectIdentifier(node.storage)
        precondition(document == nil || document == owner, "edits belong to one document")
        document = owner
        let place = position(of: node.identity)
        if place == touched.count || touched[place] != node.identity { touched.insert(node.identity, at: place) }
    }

    /// The place in `touched` of the first identity that is not smaller.
    private func position(of identity: Int) -> Int {
        var (low, high) = (0, touched.count)
        while low < high {
            let middle = (low + high) / 2
            if touched[middle] < identity { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func write(_ node: JSONNode, into out: inout [UInt8]) {
        let entry = node.entry
        let first = position(of: node.identity)
        let end = entry.isContainer ? Int(entry.next) : node.identity + 1
        guard first < touched.count, touched[first] < end, document == ObjectIdentifier(node.storage) else {
            return JSONSerializer.serialize(node, into: &out)
        }
        let edit = edits[node.identity]
        if let replacement = edit?.replacement { return out.append(contentsOf: replacement) }
        switch entry.kind {
        case .object:
            writeMembers(edited(node, edit?.members ?? []), into: &out)
        case .array:
            out.append(UInt8(ascii: "["))
            for (position, element) in node.elements.enumerated() {
                if position > 0 { out.append(UInt8(ascii: ",")) }
                write(element, into: &out)
            }
            out.append(UInt8(ascii: "]"))
        default:
            JSONSerializer.serialize(node, into: &out)
        }
    }

    /// A member to be written: its name, and a value of the document or a new one.
    private struct Member {
        enum Name { case written(JSONNode), new(String) }
        enum Value { case kept(JSONNode), new([UInt8]) }
        var name: Name
        var value: Value

        func isNamed(_ text: String) -> Bool {
            switch name {
            case .written(let node): node.equals(text)
            case .new(let name): name == text
            }
        }
    }

    private func edited(_ object: JSONNode, _ edits: [MemberEdit]) -> [Member] {
        var members = object.members.map { Member(name: .written($0.name), value: .kept($0.value)) }
        for edit in edits {
            switch edit {
            case .remove(let name):
                members.removeAll { $0.isNamed(name) }
            case .set(let name, let json, let after):
                if let place = members.firstIndex(where: { $0.isNamed(name) }) {
                    members[place].value = .new(json)
                } else {
                    let before = after.flatMap { after in members.firstIndex { $0.isNamed(after) } }
                    members.insert(Member(name: .new(name), value: .new(json)), at: before.map { $0 + 1 } ?? 0)
                }
            }
        }
        return members
    }

    private func writeMembers(_ members: [Member], into out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        for (position, member) in members.enumerated() {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            switch member.name {
            case .written(let node): JSONSerializer.serialize(node, into: &out)
            case .new(let name): out.append(contentsOf: JSONWriter.quoted(name))
            }
            out.append(UInt8(ascii: ":"))
            switch member.value {
            case .kept(let node): write(node, into: &out)
            case .new(let json): out.append(contentsOf: json)
            }
        }
        out.append(UInt8(ascii: "}"))
    }
}
