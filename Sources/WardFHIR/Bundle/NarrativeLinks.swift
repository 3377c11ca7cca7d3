/// Replaces links of a narrative (`href="…"`, `src="…"`) that point to another resource of the same transaction.
///
/// Source: https://hl7.org/fhir/R4/http.html#trules
public enum NarrativeLinks {
    /// The narrative with every whole attribute value that `replacement` knows replaced; nil if there is none.
    public static func replace(in narrative: String, by replacement: (String) -> String?) -> String? {
        var result = ""
        var rest = narrative[...]
        var changed = false
        while let found = nextAttribute(rest) {
            result += rest[..<found.value.lowerBound]
            let value = String(rest[found.value])
            if let new = replacement(value) {
                result += new
                changed = true
            } else {
                result += value
            }
            rest = rest[found.value.upperBound...]
        }
        return changed ? result + rest : nil
    }

    private static func nextAttribute(_ text: Substring) -> (value: Range<Substring.Index>, Void)? {
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].suffix(4)
            let quote = rest.index(after: equals)
            guard quote < rest.endIndex else { return nil }
            let isLink = name.hasSuffix("href") || name.hasSuffix("src")
            let mark = rest[quote]
            guard isLink, mark == "\"" || mark == "'" else {
                rest = rest[quote...]
                continue
            }
            let start = rest.index(after: quote)
            guard let end = rest[start...].firstIndex(of: mark) else { return nil }
            return (start..<end, ())
        }
        return nil
    }
}
