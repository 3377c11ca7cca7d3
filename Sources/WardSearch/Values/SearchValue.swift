/// A value of a resource in the form in which one type of search parameter compares it.
///
/// It is PHI: its description shows nothing.
public enum SearchValue: Hashable, Sendable {
    case token(TokenValue)
    case string(StringValue)
    case reference(ReferenceValue)
    case date(DateInterval)
    /// URIs, and canonical references in parameters of type reference.
    case uri(CanonicalValue)
    case number(NumberInterval)
    case quantity(QuantityValue)
    /// The element is there, but holds nothing that can be compared (a reference with a display only): it counts for `:missing`.
    case present
}

extension SearchValue: CustomStringConvertible, CustomReflectable {
    public var description: String { "SearchValue(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A code with the system that gives it meaning.
///
/// Source: https://hl7.org/fhir/R4/search.html#token
public struct TokenValue: Hashable, Sendable {
    /// Where the code comes from.
    public enum System: Hashable, Sendable {
        /// The element could name a system and does not.
        case none
        /// The element is a primitive (`code`, `boolean`, …) whose system follows from the definition.
        case implied
        case uri(String)
    }

    public var system: System
    /// The code, identifier or literal; nil where only the system is there.
    public var code: String?

    /// A token; see the properties.
    public init(system: System, code: String?) {
        self.system = system
        self.code = code
    }
}

/// A string in the two forms that searches compare.
///
/// Source: https://hl7.org/fhir/R4/search.html#string
public struct StringValue: Hashable, Sendable {
    /// NFC, as written otherwise: for `:exact`.
    public var composed: String
    /// ``NormalizedText/folded(_:)``: for starts-with and `:contains`.
    public var folded: String

    /// Both forms of a text.
    public init(_ text: String) {
        composed = NormalizedText.composed(text)
        folded = NormalizedText.folded(text)
    }

    init(composed: String, folded: String) {
        self.composed = composed
        self.folded = folded
    }
}

/// What a reference points to.
///
/// Source: https://hl7.org/fhir/R4/search.html#reference
public enum ReferenceValue: Hashable, Sendable {
    /// A resource of this server; versions are stripped.
    case local(type: String, id: String)
    /// A URL elsewhere, as written but for its version.
    case absolute(String)
    /// The identifier in the reference.
    case identifier(TokenValue)
}

/// A URI, with the business version that a canonical reference may carry after `|`.
///
/// Source: https://hl7.org/fhir/R4/references.html#canonical
public struct CanonicalValue: Hashable, Sendable {
    public var url: String
    public var version: String?

    /// A canonical; see the properties.
    public init(url: String, version: String? = nil) {
        self.url = url
        self.version = version
    }

    /// Splits at the first `|`.
    init(canonical text: String) {
        guard let bar = text.utf8.firstIndex(of: UInt8(ascii: "|")) else {
            self.init(url: text)
            return
        }
        self.init(url: String(text[..<bar]), version: String(text[text.utf8.index(after: bar)...]))
    }
}
