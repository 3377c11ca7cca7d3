/// Takes the value of a parameter apart: commas, bars and their escapes.
///
/// Source: https://hl7.org/fhir/R4/search.html#escaping
enum SearchText {
    /// The parts between unescaped separators, escapes still in place.
    static func split(_ text: Substring, at separator: Unicode.Scalar, limit: Int = .max) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var index = text.startIndex
        let bytes = text.utf8
        while index < bytes.endIndex, parts.count + 1 < limit {
            let next = bytes.index(after: index)
            if bytes[index] == UInt8(ascii: "\\"), next < bytes.endIndex {
                index = bytes.index(after: next)
            } else {
                if bytes[index] == UInt8(ascii: separator) {
                    parts.append(text[start..<index])
                    start = next
                }
                index = next
            }
        }
        parts.append(text[start...])
        return parts
    }

    /// The text with `\,` `\|` `\$` `\\` resolved; nil where a backslash stands before anything else.
    static func unescaped(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var result: [UInt8] = []
        var bytes = text.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            switch bytes.next() {
            case UInt8(ascii: ",")?: result.append(UInt8(ascii: ","))
            case UInt8(ascii: "|")?: result.append(UInt8(ascii: "|"))
            case UInt8(ascii: "$")?: result.append(UInt8(ascii: "$"))
            case UInt8(ascii: "\\")?: result.append(UInt8(ascii: "\\"))
            default: return nil
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
