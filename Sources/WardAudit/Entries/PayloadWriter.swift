/// Writes fields of a payload.
struct PayloadWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func field(_ tag: UInt8, _ value: [UInt8]) {
        bytes.append(tag)
        appendNumber(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func text(_ tag: UInt8, _ value: String?) {
        guard var value else { return }
        value.withUTF8 { utf8 in
            bytes.append(tag)
            appendNumber(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func number(_ tag: UInt8, _ value: UInt64?) {
        guard let value else { return }
        bytes.append(tag)
        bytes.append(UInt8(Self.length(ofNumber: value)))
        appendNumber(value)
    }

    mutating func reference(_ tag: UInt8, _ value: String?) {
        guard var value else { return }
        value.withUTF8 { utf8 in
            bytes.append(tag)
            let start = bytes.count
            bytes.append(17)
            bytes.append(1)
            if appendUUID(utf8) { return }
            bytes.removeSubrange(start...)
            appendNumber(UInt64(utf8.count + 1))
            bytes.append(0)
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func detail(_ tag: UInt8, name: String, value: String) {
        let (name, value) = (Array(name.utf8), Array(value.utf8))
        bytes.append(tag)
        appendNumber(UInt64(Self.length(ofNumber: UInt64(name.count)) + name.count + value.count))
        appendNumber(UInt64(name.count))
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: value)
    }

    /// LEB128.
    private mutating func appendNumber(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func length(ofNumber value: UInt64) -> Int { max(1, (70 - value.leadingZeroBitCount) / 7) }

    /// Appends the 16 bytes of a UUID in lower case; false, with some bytes appended or none, where it is not one.
    private mutating func appendUUID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 36 else { return false }
        var index = 0
        while index < 36 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard text[index] == UInt8(ascii: "-") else { return false }
                index += 1
                continue
            }
            guard let high = Self.digit(text[index]), let low = Self.digit(text[index + 1]) else { return false }
            bytes.append(high << 4 | low)
            index += 2
        }
        return true
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
