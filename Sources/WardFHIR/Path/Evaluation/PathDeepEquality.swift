/// Equality of values with elements: the same elements with equal values, numbers by value, in whatever order they are
/// written.
enum PathDeepEquality {
    static func equal(_ left: PathElement, _ right: PathElement) -> Bool {
        if (left.type.kind == .primitive) != (right.type.kind == .primitive) { return false }
        guard let first = left.node, let second = right.node else {
            guard left.node == nil, right.node == nil,
                let first = left.sibling,
                let second = right.sibling
            else { return false }
            return equal(first, second)
        }
        return equal(first, second)
    }

    /// The depth is that of the document, which the parser bounds.
    static func equal(_ left: JSONNode, _ right: JSONNode) -> Bool {
        guard left.kind == right.kind, left.count == right.count else { return false }
        switch left.kind {
        case .object: return objects(left, right)
        case .array: return zip(left.elements, right.elements).allSatisfy { equal($0, $1) }
        case .number:
            guard let first = left.lexeme, let second = right.lexeme else { return false }
            if first == second { return true }
            guard let first = PathDecimal(first), let second = PathDecimal(second) else { return false }
            return first == second
        case .string: return texts(left, right)
        case .true, .false, .null: return true
        }
    }

    /// Linear when both are written in the same order.
    private static func objects(_ left: JSONNode, _ right: JSONNode) -> Bool {
        for ((name, value), (otherName, otherValue)) in zip(left.members, right.members) {
            if texts(name, otherName) {
                if !equal(value, otherValue) { return false }
            } else {
                let found = name.withUTF8 { right[utf8: $0] } ?? nil
                guard let found, equal(value, found) else { return false }
            }
        }
        return true
    }

    private static func texts(_ left: JSONNode, _ right: JSONNode) -> Bool {
        left.withUTF8 { first in right.withUTF8 { second in first.elementsEqual(second) } ?? false } ?? false
    }
}
