/// Reads the text of a reference.
///
/// Source: https://hl7.org/fhir/R4/references.html#literal
enum ReferenceText {
    /// What the text points to; nil for a fragment (`#id`), which points into the same resource.
    static func parse(_ text: String, context: SearchContext) -> ReferenceValue? {
        guard !text.isEmpty, text.utf8.first != UInt8(ascii: "#") else { return nil }
        if let local = local(text[...]) { return local }
        if let base = context.baseURL, text.utf8.count > base.utf8.count + 1, text.hasPrefix(base) {
            let rest = text[text.utf8.index(text.startIndex, offsetBy: base.utf8.count)...]
            if rest.utf8.first == UInt8(ascii: "/"), let local = local(rest.dropFirst()) { return local }
        }
        return .absolute(withoutVersion(text))
    }

    /// `Type/id` or `Type/id/_history/version`, for a resource type of R4.
    static func local(_ text: Substring) -> ReferenceValue? {
        let bytes = text.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        guard let type = ResourceTypes.canonicalName(text[..<slash]) else { return nil }
        var rest = text[bytes.index(after: slash)...]
        if let second = rest.utf8.firstIndex(of: UInt8(ascii: "/")) {
            let tail = rest[second...]
            guard tail.hasPrefix("/_history/"), isID(tail.dropFirst(10)) else { return nil }
            rest = rest[..<second]
        }
        return isID(rest) ? .local(type: type, id: String(rest)) : nil
    }

    /// Whether the text has the form of a FHIR id.
    static func isID(_ text: Substring) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
    }

    /// Whether a text that points to a resource of this server does so by URL: types begin with a capital, schemes do
    /// not.
    static func isAbsolute(_ text: String) -> Bool {
        text.utf8.first.map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") } ?? false
    }

    /// A URL without the version at its end.
    static func withoutVersion(_ text: String) -> String {
        guard let last = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
        let head = text[..<last]
        return head.hasSuffix("/_history") ? String(head.dropLast(9)) : text
    }
}
