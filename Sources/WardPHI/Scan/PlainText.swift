/// Text of a log in plain: URLs are in it percent-encoded, and whole bodies as strings of JSON, some of them in strings of JSON again.
enum PlainText {
    /// Strings in strings that are undone.
    private static let depth = 4
    private static let (percent, backslash) = (UInt8(ascii: "%"), UInt8(ascii: "\\"))

    /// The bytes with what is encoded in plain; what is no encoding stays as it is.
    static func of(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain = bytes.contains(percent) ? decoded(bytes) : Array(bytes)
        for _ in 0..<depth {
            guard plain.contains(backslash) else { break }
            let unescaped = unescaped(plain)
            if unescaped.count == plain.count { break }
            plain = unescaped
        }
        return plain
    }

    /// Source: RFC 3986 §2.1.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        replaced(bytes, at: percent) { rest in
            hexadecimal(rest.dropFirst().prefix(2), digits: 2).flatMap { $0 >= 0x20 ? (3, [UInt8($0)]) : nil }
        }
    }

    /// Source: RFC 8259 §7; `\'` and `\x` by the literals of programming languages. White space is a space.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        replaced(bytes[...], at: backslash) { rest in
            switch rest.dropFirst().first {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"), backslash:
                return (2, [rest[rest.startIndex + 1]])
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                return (2, [0x20])
            case UInt8(ascii: "u"):
                let scalar = hexadecimal(rest.dropFirst(2).prefix(4), digits: 4).flatMap(Unicode.Scalar.init)
                return scalar.map { (6, $0.value < 0x20 ? [0x20] : Array(String($0).utf8)) }
            case UInt8(ascii: "x"):
                return hexadecimal(rest.dropFirst(2).prefix(2), digits: 2).map { (4, $0 < 0x20 ? [0x20] : [UInt8($0)]) }
            default: return nil
            }
        }
    }

    /// The bytes with what a mark begins replaced, where there is something for it: how many bytes go, and what comes for them.
    private static func replaced(
        _ bytes: ArraySlice<UInt8>, at mark: UInt8, by plain: (ArraySlice<UInt8>) -> (count: Int, bytes: [UInt8])?
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if bytes[place] == mark, let found = plain(bytes[place...]) {
                result += found.bytes
                place += found.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>, digits: Int) -> UInt32? {
        guard text.count == digits, text.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: text, as: UTF8.self), radix: 16)
    }
}
