/// The formats of the primitive types, as checks on bytes.
///
/// The same language as the regular expressions of the specification, with real days of months, and the ranges of the
/// integers.
///
/// Source: https://hl7.org/fhir/R4/datatypes.html#primitive
enum PrimitiveFormat {
    /// "Strings SHALL NOT exceed 1MB (1024*1024 characters) in size"; counted in bytes of UTF-8.
    static let maximumStringBytes = 1 << 20

    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Whether a JSON number is of the type.
    static func isNumber(_ lexeme: Bytes, _ type: PrimitiveKind) -> Bool {
        switch type {
        case .decimal: true
        case .integer: integer(lexeme).map { $0 >= Int(Int32.min) && $0 <= Int(Int32.max) } ?? false
        case .unsignedInt: integer(lexeme).map { $0 >= 0 && $0 <= Int(Int32.max) } ?? false
        case .positiveInt: integer(lexeme).map { $0 > 0 && $0 <= Int(Int32.max) } ?? false
        default: false
        }
    }

    /// Whether text is of the type. Not for `xhtml`.
    static func isText(_ text: Bytes, _ type: PrimitiveKind) -> Bool {
        switch type {
        case .string, .markdown: isString(text)
        case .code: isCode(text)
        case .id: isID(text)
        case .uri, .url, .canonical: !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        case .oid: isOID(text)
        case .uuid: isUUID(text)
        case .base64Binary: isBase64(text)
        case .date: DateFormat.isDate(text)
        case .dateTime: DateFormat.isDateTime(text)
        case .instant: DateFormat.isInstant(text)
        case .time: DateFormat.isTime(text)
        default: false
        }
    }

    /// A whole number without exponent, or nil; JSON has already refused leading zeros and `+`.
    private static func integer(_ lexeme: Bytes) -> Int? {
        let isNegative = lexeme.first == UInt8(ascii: "-")
        let digits = isNegative ? lexeme[1...] : lexeme[...]
        guard digits.count <= 10 else { return nil }
        var value = 0
        for byte in digits {
            guard isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        if isNegative, value == 0 { return nil }
        return isNegative ? -value : value
    }

    private static func isString(_ text: Bytes) -> Bool {
        guard text.count <= maximumStringBytes else { return false }
        return text.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    /// No white space at either end, and single white space within.
    private static func isCode(_ text: Bytes) -> Bool {
        var previousIsSpace = true
        for byte in text {
            let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
            guard !(isSpace && previousIsSpace), isSpace || byte > 0x20 else { return false }
            previousIsSpace = isSpace
        }
        return !previousIsSpace
    }

    private static func isID(_ text: Bytes) -> Bool {
        guard !text.isEmpty, text.count <= 64 else { return false }
        return text.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// `urn:oid:` and arcs without leading zeros, the first of them 0 to 2.
    private static func isOID(_ text: Bytes) -> Bool {
        guard hasPrefix(text, "urn:oid:"), text.count > 8 else { return false }
        let arcs = text[8...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard arcs.count > 1, let first = arcs.first, first.count == 1, first[first.startIndex] <= UInt8(ascii: "2")
        else { return false }
        return arcs.allSatisfy { arc in
            !arc.isEmpty && arc.allSatisfy(isDigit) && (arc.count == 1 || arc.first != UInt8(ascii: "0"))
        }
    }

    private static func isUUID(_ text: Bytes) -> Bool {
        guard hasPrefix(text, "urn:uuid:"), text.count == 45 else { return false }
        for (position, byte) in text[9...].enumerated() {
            switch position {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return false }
            default:
                let isHex = isDigit(byte) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
                guard isHex else { return false }
            }
        }
        return true
    }

    /// RFC 4648 section 4, with white space between groups.
    private static func isBase64(_ text: Bytes) -> Bool {
        var symbols = 0
        var padding = 0
        for byte in text {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "="): padding += 1
            default:
                guard isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/"),
                    padding == 0
                else { return false }
            }
            symbols += 1
        }
        return symbols > 0 && symbols % 4 == 0 && padding <= 2
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    static func hasPrefix(_ text: Bytes, _ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            text.count >= prefix.count && JSONEscapes.same(Bytes(rebasing: text[..<prefix.count]), prefix)
        }
    }
}
