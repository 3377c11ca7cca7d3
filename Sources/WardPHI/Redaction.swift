/// Reduces values to what may be written down: marks instead of contents, the kind of an error instead of its words.
public enum Redaction {
    /// Stands where a value was withheld.
    public static let mark = "‹protected›"

    /// The type of an error and its code, such as `DatabaseError.full`; never its description, which may quote values.
    ///
    /// The code is read from a stored property called `code` (a case without payload, or a raw value that is a number
    /// or the name of a case), from `errnoCode`, or from the name of the error's own case. Payloads are never looked
    /// at.
    public static func kind(of error: any Error) -> String {
        let type = String(describing: type(of: error))
        let mirror = Mirror(reflecting: error)
        if mirror.displayStyle == .enum {
            return caseName(of: error, mirror).map { "\(type).\($0)" } ?? type
        }
        for child in mirror.children {
            if child.label == "errnoCode", let number = child.value as? Int32 { return "\(type).errno\(number)" }
            if child.label == "code", let code = codeName(of: child.value) { return "\(type).\(code)" }
        }
        return type
    }

    private static func codeName(of code: Any) -> String? {
        if let number = code as? any FixedWidthInteger { return "\(number)" }
        let mirror = Mirror(reflecting: code)
        return mirror.displayStyle == .enum ? caseName(of: code, mirror) : nil
    }

    /// The name of an enumeration's case. A type that prints itself is not asked: its words may hold values.
    private static func caseName(of value: Any, _ mirror: Mirror) -> String? {
        if let payload = mirror.children.first { return payload.label.flatMap(identifier) }
        if value is any CustomStringConvertible || value is any CustomDebugStringConvertible { return nil }
        return identifier(String(describing: value))
    }

    /// `text` if it can be the name of a case in source code, and nothing else.
    private static func identifier(_ text: String) -> String? {
        let fits = text.utf8.count <= 64 && text.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F
        }
        return fits && !text.isEmpty ? text : nil
    }
}
