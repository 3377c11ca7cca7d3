/// One step of navigation: to the members of a name, or past those values that a simple condition keeps.
enum PathStep: Sendable {
    case child(PathName)
    case ofType(PathTypeTest)
    /// `where(resolve() is T)`, decided from the reference alone.
    case whereResolves(to: TypeDefinition)
    /// `where(name = 'text')`.
    case whereEquals(PathName, text: [UInt8])
}

/// The name of an element, ready to be found.
final class PathName: Sendable {
    let bytes: [UInt8]
    /// With an underscore before it.
    let siblingBytes: [UInt8]
    let hash: UInt32
    /// Whether it is `value`, which a primitive has without a member.
    let isValue: Bool

    init(_ name: String) {
        isValue = name == "value"
        bytes = Array(name.utf8)
        siblingBytes = [UInt8(ascii: "_")] + bytes
        hash = bytes.withUnsafeBufferPointer { MemberTable.hash($0) }
    }

    /// Whether a member's name is this one, or its sibling's, with a type after it, as that of a choice is.
    func begins(_ member: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = member.first == UInt8(ascii: "_") ? 1 : 0
        guard member.count > bytes.count + start else { return false }
        for index in bytes.indices where member[start + index] != bytes[index] { return false }
        return true
    }
}
