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
struct PathName: Sendable {
    let bytes: [UInt8]
    /// With an underscore before it.
    let siblingBytes: [UInt8]
    let hash: UInt32

    init(_ name: String) {
        bytes = Array(name.utf8)
        siblingBytes = [UInt8(ascii: "_")] + bytes
        hash = bytes.withUnsafeBufferPointer { MemberTable.hash($0) }
    }

    var isValue: Bool { bytes == PathName.value.bytes }

    private static let value = PathName("value")
}
