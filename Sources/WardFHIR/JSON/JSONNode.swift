/// A value inside a document: a reference to the document and a place on its tape. Cheap to copy.
///
/// Reading never fails: what a node is not, it answers with nil or nothing. A printed node shows its kind only.
public struct JSONNode: Sendable {
    /// The kinds of JSON value.
    public enum Kind: UInt8, Sendable {
        case object, array, string, number, `true`, `false`, null
    }

    let storage: JSONStorage
    let index: Int32

    init(storage: JSONStorage, index: Int) {
        self.storage = storage
        self.index = Int32(truncatingIfNeeded: index)
    }

    @inline(__always) var entry: JSONTapeEntry { storage.tape[Int(index)] }

    /// What kind of value this is.
    public var kind: Kind { entry.kind }

    /// A number that is unique inside the document and grows in document order.
    public var identity: Int { Int(index) }

    /// The members of an object in written order; empty for anything else.
    public var members: JSONMembers { JSONMembers(of: self) }

    /// The elements of an array; empty for anything else.
    public var elements: JSONElements { JSONElements(of: self) }

    /// The number of members or elements; 0 for scalars.
    public var count: Int { entry.count }

    /// The decoded text of a string.
    public var string: String? {
        let entry = entry
        guard entry.kind == .string else { return nil }
        return storage.withDecoded(entry) { String(decoding: $0, as: UTF8.self) }
    }

    /// A number as it is written: `1.50` stays `1.50`.
    public var lexeme: String? {
        let entry = entry
        guard entry.kind == .number else { return nil }
        return storage.withRaw(entry) { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of `true` and `false`.
    public var bool: Bool? {
        switch entry.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// Whether this is `null`.
    public var isNull: Bool { entry.kind == .null }

    /// Gives the decoded bytes of a string or the lexeme of a number, without allocation unless a long string has
    /// escapes. The buffer lives only during the call.
    /// - Returns: what the body returns, or nil (the body not called) for other kinds.
    public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R? {
        let entry = entry
        guard entry.kind == .string || entry.kind == .number else { return nil }
        return try storage.withDecoded(entry, body)
    }

    /// Whether this is a string with this text; allocates nothing.
    public func equals(_ text: StaticString) -> Bool {
        let entry = entry
        guard entry.kind == .string else { return false }
        return text.withUTF8Buffer { storage.equals(entry, $0) }
    }

    /// Whether this is a string with this text.
    @_disfavoredOverload
    public func equals(_ text: String) -> Bool {
        let entry = entry
        guard entry.kind == .string else { return false }
        var text = text
        return text.withUTF8 { storage.equals(entry, $0) }
    }

    /// The value of a member, by decoded name; nil if this is no object or has no such member.
    @_disfavoredOverload
    public subscript(name: String) -> JSONNode? {
        var name = name
        return name.withUTF8 { self[utf8: $0] }
    }

    /// The value of a member, by decoded name, without allocation; literals take this form.
    public subscript(name: StaticString) -> JSONNode? {
        name.withUTF8Buffer { self[utf8: $0] }
    }

    /// The value of a member, by the UTF-8 bytes of its decoded name.
    public subscript(utf8 name: UnsafeBufferPointer<UInt8>) -> JSONNode? {
        storage.member(of: Int(index), named: name).map { JSONNode(storage: storage, index: $0) }
    }

    /// The value in compact form: no white space between tokens, strings and numbers byte for byte as written.
    public func serialized() -> [UInt8] {
        JSONSerializer.serialize(self)
    }
}
