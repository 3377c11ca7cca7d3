import WardFHIR

/// What a search asks of a URI: that it is a text (a canonical may leave its version out), lies below it, or above it.
///
/// URIs compare by every character. Source: https://hl7.org/fhir/R4/search.html#uri
public struct URITest: Sendable {
    enum Mode: Sendable {
        case exact, below, above
    }

    let mode: Mode
    /// As asked.
    let text: [UInt8]
    /// The part before the first `|`, and what follows it.
    let url: [UInt8]
    let version: [UInt8]?

    init(mode: Mode, text: String) {
        let canonical = CanonicalValue(canonical: text)
        self.mode = mode
        self.text = Array(text.utf8)
        url = Array(canonical.url.utf8)
        version = canonical.version.map { Array($0.utf8) }
    }

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> URITest {
        let mode: Mode = switch text.modifier {
        case "below": .below
        case "above": .above
        default: .exact
        }
        return URITest(mode: mode, text: try text.unescaped(part))
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [URITest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            switch tag {
            case FilterRecord.Tag.canonical:
                let url = try values.text()
                for test in tests where test.matches(url: url, version: nil) { return true }
            case FilterRecord.Tag.canonicalVersion:
                let url = try values.text()
                let version = try values.text()
                for test in tests where test.matches(url: url, version: version) { return true }
            default: try values.skip(tag)
            }
        }
        return false
    }

    func matches(url found: UnsafeBufferPointer<UInt8>, version foundVersion: UnsafeBufferPointer<UInt8>?) -> Bool {
        switch mode {
        case .exact:
            guard let version else { return FilterCursor.same(found, url) }
            if let foundVersion { return FilterCursor.same(found, url) && FilterCursor.same(foundVersion, version) }
            return FilterCursor.same(found, text)
        case .below: return text.withUnsafeBufferPointer { Self.isBelow(found, $0) }
        case .above: return text.withUnsafeBufferPointer { Self.isBelow($0, found) }
        }
    }

    /// Whether `lower` is `upper` or a path below it; a URN is below nothing but itself.
    private static func isBelow(_ lower: UnsafeBufferPointer<UInt8>, _ upper: UnsafeBufferPointer<UInt8>) -> Bool {
        guard FilterCursor.starts(lower, with: upper), let last = upper.last else { return false }
        let slash = UInt8(ascii: "/")
        return lower.count == upper.count || (last == slash || lower[upper.count] == slash)
    }

    /// Terms of which every matching URI has one; nil if there are none.
    func terms() -> [TermBody]? {
        guard mode == .exact else { return nil }
        let whole = TermBody(kind: .url, value: text)
        return version == nil ? [whole] : [whole, TermBody(kind: .url, value: url)]
    }
}
