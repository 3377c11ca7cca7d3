/// Strings and numbers: RFC 8259 sections 6 and 7, RFC 3629 section 4.
extension JSONParser {
    /// Reads to the closing quote; `at` is after the opening one, and at the end after the closing one.
    /// - Returns: whether there are escapes.
    mutating func scanString() throws(JSONError) -> Bool {
        var escapes = false
        while true {
            while at + 8 <= end {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                let special = Self.special(word)
                if special != 0 {
                    at += special.trailingZeroBitCount >> 3
                    break
                }
                at += 8
            }
            guard at < end else { throw failure(.unexpectedEnd) }
            switch byte(at) {
            case UInt8(ascii: "\""):
                at += 1
                return escapes
            case UInt8(ascii: "\\"):
                escapes = true
                try scanEscape()
            case 0..<0x20:
                throw failure(.controlCharacter)
            case 0x80...:
                repeat { try scanMultibyte() } while at < end && byte(at) >= 0x80
            default:
                at += 1
            }
        }
    }

    /// A word whose lowest set bit is in the first byte that is a quote, a backslash, below 0x20 or above 0x7F.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            | ((word &- ones &* 0x20) & ~word) | word
        return found & (ones &* 0x80)
    }

    private mutating func scanEscape() throws(JSONError) {
        guard at + 1 < end else { throw failure(.unexpectedEnd, at: end) }
        switch byte(at + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            let unit = try scanHex(at + 2)
            if unit >= 0xD800, unit < 0xDC00 {
                guard at + 8 <= end, byte(at + 6) == UInt8(ascii: "\\"), byte(at + 7) == UInt8(ascii: "u")
                else { throw failure(.loneSurrogate) }
                let low = try scanHex(at + 8)
                guard low >= 0xDC00, low < 0xE000 else { throw failure(.loneSurrogate) }
                at += 12
            } else {
                guard unit < 0xDC00 || unit >= 0xE000 else { throw failure(.loneSurrogate) }
                at += 6
            }
        default:
            throw failure(.invalidEscape)
        }
    }

    private func scanHex(_ offset: Int) throws(JSONError) -> UInt32 {
        guard offset + 4 <= end else { throw failure(.unexpectedEnd, at: end) }
        var value: UInt32 = 0
        for index in offset..<offset + 4 {
            guard let digit = JSONEscapes.digit(byte(index)) else { throw failure(.invalidEscape) }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func scanMultibyte() throws(JSONError) {
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            at + offset < end && byte(at + offset) >= low && byte(at + offset) <= high
        }
        let valid: Bool
        let count: Int
        switch byte(at) {
        case 0xC2...0xDF: (valid, count) = (tail(1), 2)
        case 0xE0: (valid, count) = (tail(1, 0xA0) && tail(2), 3)
        case 0xED: (valid, count) = (tail(1, 0x80, 0x9F) && tail(2), 3)
        case 0xE1...0xEF: (valid, count) = (tail(1) && tail(2), 3)
        case 0xF0: (valid, count) = (tail(1, 0x90) && tail(2) && tail(3), 4)
        case 0xF1...0xF3: (valid, count) = (tail(1) && tail(2) && tail(3), 4)
        case 0xF4: (valid, count) = (tail(1, 0x80, 0x8F) && tail(2) && tail(3), 4)
        default: (valid, count) = (false, 1)
        }
        guard valid else { throw failure(.invalidUTF8) }
        at += count
    }

    /// Reads a number; `at` is on its first byte, and at the end after its last.
    mutating func scanNumber() throws(JSONError) {
        if byte(at) == UInt8(ascii: "-") { at += 1 }
        let first = at
        try scanDigits()
        if byte(first) == UInt8(ascii: "0"), at > first + 1 { throw failure(.invalidNumber, at: first) }
        if at < end, byte(at) == UInt8(ascii: ".") {
            at += 1
            try scanDigits()
        }
        if at < end, byte(at) | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, byte(at) == UInt8(ascii: "+") || byte(at) == UInt8(ascii: "-") { at += 1 }
            try scanDigits()
        }
    }

    /// One digit or more.
    @inline(__always)
    private mutating func scanDigits() throws(JSONError) {
        let start = at
        while at < end, byte(at) &- UInt8(ascii: "0") < 10 { at += 1 }
        guard at > start else { throw failure(at < end ? .invalidNumber : .unexpectedEnd) }
    }
}
