import WardFHIR

/// What a search asks of a string: that it begins with a text, contains it, or is it.
///
/// Source: https://hl7.org/fhir/R4/search.html#string
public struct StringTest: Sendable {
    enum Mode: Sendable {
        /// Folded forms.
        case startsWith, contains
        /// NFC, case and accents included.
        case exact
    }

    let mode: Mode
    let text: [UInt8]

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> StringTest {
        let value = try text.unescaped(part)
        if text.modifier == "exact" { return StringTest(mode: .exact, text: Array(NormalizedText.composed(value).utf8)) }
        let folded = Array(NormalizedText.folded(value).utf8)
        guard !folded.isEmpty else { throw text.bad("more than white space and accents") }
        return StringTest(mode: text.modifier == "contains" ? .contains : .startsWith, text: folded)
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [StringTest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            switch tag {
            case FilterRecord.Tag.stringSimple:
                let composed = try values.text()
                for test in tests where test.matches(composed: composed, folded: nil) { return true }
            case FilterRecord.Tag.stringFull:
                let composed = try values.text()
                let folded = try values.text()
                for test in tests where test.matches(composed: composed, folded: folded) { return true }
            default: try values.skip(tag)
            }
        }
        return false
    }

    /// `folded` is nil where it is the ASCII lower case of `composed`.
    private func matches(composed: UnsafeBufferPointer<UInt8>, folded: UnsafeBufferPointer<UInt8>?) -> Bool {
        switch mode {
        case .exact: return FilterCursor.same(composed, text)
        case .startsWith: return Self.begins(folded ?? composed, at: 0, with: text, lowering: folded == nil)
        case .contains:
            let value = folded ?? composed
            guard value.count >= text.count else { return false }
            for start in 0...value.count - text.count
            where Self.begins(value, at: start, with: text, lowering: folded == nil) { return true }
            return false
        }
    }

    @inline(__always)
    private static func begins(
        _ value: UnsafeBufferPointer<UInt8>, at start: Int, with text: [UInt8], lowering: Bool
    ) -> Bool {
        guard value.count - start >= text.count else { return false }
        for index in 0..<text.count {
            let byte = value[start + index]
            if (lowering ? NormalizedText.lowered(byte) : byte) != text[index] { return false }
        }
        return true
    }

    /// A term that every matching string has; nil if there is none.
    func term() -> TermBody? {
        switch mode {
        case .exact: TermBody(kind: .exact, value: text)
        case .startsWith:
            TermValue.longestPrefix(of: String(decoding: text, as: UTF8.self)).map { TermBody(kind: .prefix, value: $0) }
        case .contains: nil
        }
    }
}
