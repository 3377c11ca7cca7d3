/// A value in CBOR, of the kinds that authenticators send. Source: RFC 8949; CTAP 2.1 §8 (canonical form).
///
/// Strict: integers in their shortest form, definite lengths, no key twice, four levels at most, nothing left over. What
/// an authenticator must not send is refused, so that nothing is read in two ways.
enum CBOR: Sendable, Hashable {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    case array([CBOR])
    case map([CBOR: CBOR])
    case bool(Bool)

    /// Reads a value that is all of `bytes`.
    init(_ bytes: [UInt8]) throws(PasskeyError) {
        var reader = CBORReader(bytes[...])
        self = try reader.value()
        guard reader.isAtEnd else { throw PasskeyError(.malformed) }
    }

    /// A member of a map with a key of text.
    subscript(name: String) -> CBOR? { self[.text(name)] }

    /// A member of a map.
    subscript(key: CBOR) -> CBOR? {
        if case .map(let members) = self { members[key] } else { nil }
    }

    /// How many members a map or elements an array has; nil for others.
    var count: Int? {
        switch self {
        case .map(let members): members.count
        case .array(let elements): elements.count
        default: nil
        }
    }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    var elements: [CBOR]? { if case .array(let elements) = self { elements } else { nil } }
}

/// Reads CBOR from the start of some bytes.
struct CBORReader {
    /// What was not read yet.
    private(set) var rest: ArraySlice<UInt8>
    private static let maximumDepth = 4

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next value.
    mutating func value(depth: Int = 0) throws(PasskeyError) -> CBOR {
        guard depth <= Self.maximumDepth else { throw PasskeyError(.malformed) }
        let first = try byte()
        if first == 0xF4 || first == 0xF5 { return .bool(first == 0xF5) }
        let argument = try argument(first & 0x1F)
        switch first >> 5 {
        case 0: return .integer(argument)
        case 1: return .integer(-1 - argument)
        case 2: return .bytes(Array(try take(argument)))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw PasskeyError(.malformed) }
            return .text(text)
        case 4:
            var elements: [CBOR] = []
            for _ in 0..<(try number(argument)) { elements.append(try value(depth: depth + 1)) }
            return .array(elements)
        case 5:
            var members: [CBOR: CBOR] = [:]
            for _ in 0..<(try number(argument)) {
                let key = try value(depth: depth + 1), value = try value(depth: depth + 1)
                guard members.updateValue(value, forKey: key) == nil else { throw PasskeyError(.malformed) }
            }
            return .map(members)
        default: throw PasskeyError(.malformed)
        }
    }

    private mutating func byte() throws(PasskeyError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw PasskeyError(.malformed) }
        return byte
    }

    private mutating func take(_ count: Int64) throws(PasskeyError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw PasskeyError(.malformed) }
        let taken = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return taken
    }

    /// How many items follow: each has at least one byte.
    private func number(_ argument: Int64) throws(PasskeyError) -> Int64 {
        guard argument <= rest.count else { throw PasskeyError(.malformed) }
        return argument
    }

    /// The argument of a head, which must stand in its shortest form.
    private mutating func argument(_ short: UInt8) throws(PasskeyError) -> Int64 {
        let width: Int
        switch short {
        case 0..<24: return Int64(short)
        case 24...27: width = 1 << (short - 24)
        default: throw PasskeyError(.malformed)
        }
        var number: UInt64 = 0
        for _ in 0..<width { number = number << 8 | UInt64(try byte()) }
        let smallest: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
        guard number >= smallest, number <= Int64.max else { throw PasskeyError(.malformed) }
        return Int64(number)
    }
}
