internal import WardDatabase

/// Reads fields of a payload; it trusts no length.
struct PayloadReader {
    static let malformed = AuditError(.malformed, "the payload of the entry has another form")
    private var rest: ArraySlice<UInt8>

    init(_ payload: [UInt8]) { rest = payload[...] }

    /// The next field, or nil at the end.
    mutating func next() throws(AuditError) -> (tag: UInt8, value: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst() else { return nil }
        let length = try Self.leb128(&rest)
        guard length <= UInt64(rest.count) else { throw Self.malformed }
        let value = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return (tag, value)
    }

    func text(_ value: ArraySlice<UInt8>) throws(AuditError) -> String {
        guard let text = String(validating: value, as: UTF8.self) else { throw Self.malformed }
        return text
    }

    func reference(_ value: ArraySlice<UInt8>) throws(AuditError) -> String {
        switch value.first {
        case 1 where value.count == 17: return LogicalID(uuid: Array(value.dropFirst())).text
        case 0: return try text(value.dropFirst())
        default: throw Self.malformed
        }
    }

    func number(_ value: ArraySlice<UInt8>) throws(AuditError) -> UInt64 {
        var rest = value
        let number = try Self.leb128(&rest)
        guard rest.isEmpty else { throw Self.malformed }
        return number
    }

    func detail(_ value: ArraySlice<UInt8>) throws(AuditError) -> AuditEvent.Detail {
        var rest = value
        let length = try Self.leb128(&rest)
        guard length <= UInt64(rest.count) else { throw Self.malformed }
        return .init(try text(rest.prefix(Int(length))), try text(rest.dropFirst(Int(length))))
    }

    private static func leb128(_ bytes: inout ArraySlice<UInt8>) throws(AuditError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            guard shift < 63 else { throw malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw malformed
    }
}
