/// What a reference says once its percent-escapes are read and what no URI may hold is taken away: by RFC 3986 `%50atient` and
/// `Patient` are the same, and white space around or within a reference is easily overlooked.
enum UnescapedReference {
    /// The text; the same where there is nothing of the kind.
    static func text(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { scalar in
            !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint && scalar.properties.generalCategory != .control
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
