/// Why bytes are not an acceptable JSON document (RFC 8259, with duplicate names refused).
///
/// Carries where, never what: no value of the document is in it, and of member names only those that look like
/// element names (`[_]lowerCamel`, at most 48 characters); others are written `*`. Safe to log.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: String, Sendable, Equatable {
        /// No value at all.
        case emptyInput
        /// More bytes than ``JSONLimits/maximumBytes``.
        case tooLarge
        /// More open containers than ``JSONLimits/maximumDepth``.
        case tooDeep
        /// More nodes than ``JSONLimits/maximumNodes``.
        case tooManyNodes
        /// The text begins with a byte order mark.
        case byteOrderMark
        /// A byte that cannot stand here.
        case unexpectedByte
        /// The text ends inside a value.
        case unexpectedEnd
        /// Overlong, surrogate, out of range or truncated UTF-8.
        case invalidUTF8
        /// A raw control character inside a string.
        case controlCharacter
        /// A backslash sequence that JSON does not know.
        case invalidEscape
        /// Half of a surrogate pair, written as an escape.
        case loneSurrogate
        /// A number outside the grammar: leading zero, `+`, no digits after `.` or `e`, `NaN`.
        case invalidNumber
        /// A word other than `true`, `false`, `null`.
        case invalidLiteral
        /// The same member name twice in one object (compared after decoding).
        case duplicateName
        /// Something after the document's value.
        case trailingContent
    }

    /// The kind of fault.
    public let code: Code
    /// The offset in bytes at which it was found.
    public let offset: Int
    /// A JSON pointer to the value in which it was found; empty at the top.
    public let path: String

    init(_ code: Code, offset: Int, path: String) {
        self.code = code
        self.offset = offset
        self.path = path
    }

    public var description: String {
        "invalid JSON: \(code.rawValue) at byte \(offset)" + (path.isEmpty ? "" : ", in \(path)")
    }

    /// Whether a member name looks like an element name, so that it may be shown in a message.
    static func isShowable(name: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = name[...]
        if rest.first == UInt8(ascii: "_") { rest = rest.dropFirst() }
        guard let first = rest.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z"), rest.count <= 48
        else { return false }
        return rest.allSatisfy { byte in
            let letter = byte | 0x20
            return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
        }
    }
}
