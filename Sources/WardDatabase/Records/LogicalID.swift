/// The logical id of a resource: 1 to 64 characters of `A-Z a-z 0-9 - .`.
///
/// Source: FHIR R4, data type `id` (https://hl7.org/fhir/R4/datatypes.html#id). Ids are random and say nothing of a person, so they
/// lie in the clear; ids that this system makes are UUIDs of version 7, which sort by the time they were made.
public struct LogicalID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The id as written.
    public let text: String

    /// Fails unless `text` has the form of a FHIR id.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.allSatisfy(Self.allows) else { return nil }
        self.text = String(text)
    }

    /// An id from the sixteen bytes of a UUID, written in lower case (RFC 9562).
    public init(uuid bytes: [UInt8]) {
        precondition(bytes.count == 16, "a UUID has sixteen bytes")
        var characters: [UInt8] = []
        characters.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { characters.append(UInt8(ascii: "-")) }
            characters.append(Self.digits[Int(byte >> 4)])
            characters.append(Self.digits[Int(byte & 15)])
        }
        self.text = String(decoding: characters, as: UTF8.self)
    }

    /// The sixteen bytes, if the id is a UUID written in lower case; nil otherwise.
    public var uuidBytes: [UInt8]? {
        let bytes = text.utf8
        guard bytes.count == 36 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(16)
        var high: UInt8?
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high { result.append(first << 4 | value); high = nil } else { high = value }
        }
        return result
    }

    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
             UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
