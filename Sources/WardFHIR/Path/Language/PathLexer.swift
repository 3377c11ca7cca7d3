/// Cuts a FHIRPath expression into words.
///
/// Source: https://hl7.org/fhirpath/N1/#lexical-elements
struct PathLexer {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// All words, the last of them `.end`.
    static func tokens(_ text: String) throws(FHIRPathError) -> [PathToken] {
        var lexer = PathLexer(text)
        var tokens: [PathToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(FHIRPathError) -> PathToken {
        try skipBlanks()
        let start = offset
        guard let byte = peek() else { return PathToken(kind: .end, offset: start) }
        return PathToken(kind: try kind(startingWith: byte), offset: start)
    }

    private mutating func kind(startingWith byte: UInt8) throws(FHIRPathError) -> PathToken.Kind {
        switch byte {
        case _ where Self.isLetter(byte): return .identifier(take(while: Self.isWord))
        case _ where Self.isDigit(byte): return number()
        case UInt8(ascii: "'"): return .string(try quoted(by: byte))
        case UInt8(ascii: "`"): return .delimitedIdentifier(try quoted(by: byte))
        case UInt8(ascii: "%"):
            offset += 1
            if let quote = peek(), quote == UInt8(ascii: "`") || quote == UInt8(ascii: "'") {
                return .variable(try quoted(by: quote))
            }
            let name = take(while: Self.isWord)
            if name.isEmpty { throw error }
            return .variable(name)
        case UInt8(ascii: "$"):
            offset += 1
            let name = take(while: Self.isWord)
            guard ["this", "index", "total"].contains(name) else { throw error }
            return .special(name)
        case UInt8(ascii: "@"):
            offset += 1
            return .temporal(try temporal())
        default:
            return .symbol(try symbol())
        }
    }

    private mutating func number() -> PathToken.Kind {
        var text = take(while: Self.isDigit)
        guard peek() == UInt8(ascii: "."), let next = peek(1), Self.isDigit(next) else { return .integer(text) }
        offset += 1
        text += "." + take(while: Self.isDigit)
        return .decimal(text)
    }

    /// The shape only; `PathTemporal` checks the fields.
    private mutating func temporal() throws(FHIRPathError) -> String {
        let start = offset
        if peek() != UInt8(ascii: "T") {
            guard let first = peek(), Self.isDigit(first) else { throw error }
            _ = take(while: { Self.isDigit($0) || $0 == UInt8(ascii: "-") })
        }
        if peek() == UInt8(ascii: "T") {
            offset += 1
            _ = take(while: { Self.isDigit($0) || $0 == UInt8(ascii: ":") })
            if peek() == UInt8(ascii: "."), let next = peek(1), Self.isDigit(next) {
                offset += 1
                _ = take(while: Self.isDigit)
            }
            if peek() == UInt8(ascii: "Z") {
                offset += 1
            } else if let sign = peek(), "+-".utf8.contains(sign), isZone(at: offset + 1) {
                offset += 6
            }
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func isZone(at start: Int) -> Bool {
        guard start + 5 <= bytes.count else { return false }
        let zone = bytes[start..<start + 5]
        return zone.enumerated().allSatisfy { $0 == 2 ? $1 == UInt8(ascii: ":") : Self.isDigit($1) }
    }

    private mutating func symbol() throws(FHIRPathError) -> String {
        for symbol in ["<=", ">=", "!=", "!~"] where bytes[offset...].starts(with: symbol.utf8) {
            offset += 2
            return symbol
        }
        let character = String(decoding: bytes[offset...offset], as: UTF8.self)
        guard ".,()[]{}+-*/&|=~<>".contains(character) else { throw error }
        offset += 1
        return character
    }

    private mutating func quoted(by quote: UInt8) throws(FHIRPathError) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = peek() {
            offset += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                text += try escape()
            } else {
                text.append(byte)
            }
        }
        throw error
    }

    private mutating func escape() throws(FHIRPathError) -> [UInt8] {
        guard let byte = peek() else { throw error }
        offset += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"):
            guard offset + 4 <= bytes.count,
                let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw error }
            offset += 4
            return Array(String(Character(scalar)).utf8)
        default:
            // `\'`, `\"`, `` \` ``, `\\`, `\/`; any other character stands for itself.
            return [byte]
        }
    }

    private mutating func skipBlanks() throws(FHIRPathError) {
        while let byte = peek() {
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
                offset += 1
            } else if byte == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "/") {
                _ = take(while: { $0 != 0x0A && $0 != 0x0D })
            } else if byte == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "*") {
                offset += 2
                while !(peek() == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
                    if offset >= bytes.count { throw error }
                    offset += 1
                }
                offset += 2
            } else {
                return
            }
        }
    }

    private mutating func take(while isPart: (UInt8) -> Bool) -> String {
        let start = offset
        while let byte = peek(), isPart(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < bytes.count ? bytes[offset + ahead] : nil
    }

    private var error: FHIRPathError { FHIRPathError(.syntax, offset: offset) }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }
}
