/// JSON on many lines, for people: white space between tokens, and every token as it was.
public enum JSONIndentation {
    /// Compact JSON with line breaks and two spaces a level. The text must be well formed.
    public static func indented(_ compact: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(compact.count * 3 / 2)
        var level = 0
        var isInString = false
        var isEscaped = false
        func breakLine() {
            out.append(UInt8(ascii: "\n"))
            out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
        }
        for (index, byte) in compact.enumerated() {
            if isInString {
                out.append(byte)
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true }
                else if byte == UInt8(ascii: "\"") { isInString = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                out.append(byte)
                level += 1
                let next = index + 1 < compact.count ? compact[index + 1] : 0
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { breakLine() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                level -= 1
                let last = out.last ?? 0
                if last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { breakLine() }
                out.append(byte)
            case UInt8(ascii: ","):
                out.append(byte)
                breakLine()
            case UInt8(ascii: ":"):
                out.append(byte)
                out.append(UInt8(ascii: " "))
            default:
                if byte == UInt8(ascii: "\"") { isInString = true }
                out.append(byte)
            }
        }
        return out
    }
}
