/// Strict percent-decoding of request targets and forms. Source: RFC 3986 §2.1, WHATWG URL §5.1.
enum PercentDecoding {
    /// The text that `bytes` stand for, or nil where an escape is broken or the result is not UTF-8 or holds a
    /// control character.
    ///
    /// - Parameter plusIsSpace: true in queries and forms.
    static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard
                    let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit)
                else { return nil }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                result.append(UInt8(ascii: " "))
            default:
                result.append(byte)
            }
        }
        let plain = result.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (plusIsSpace && (0x09...0x0D).contains($0)) }
        guard plain else { return nil }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}
