import WardFHIR

/// What a search asks of a token: `code`, `system|code`, `|code` or `system|`.
///
/// Codes compare exactly, by case too, but for those of telephone numbers and electronic mail. A system that the element implies matches
/// any system of HL7 or of the registers that FHIR binds its codes to, since no resource can say another.
/// Source: https://hl7.org/fhir/R4/search.html#token
public struct TokenTest: Sendable {
    /// What must hold of the system.
    enum System: Sendable {
        case any
        case none
        case uri([UInt8], known: Int?, mayBeImplied: Bool)
    }

    let system: System
    /// Nil: any code.
    let code: [UInt8]?

    init(system: System, code: [UInt8]?) {
        self.system = system
        self.code = code
    }

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> TokenTest {
        let halves = SearchText.split(part, at: "|", limit: 3)
        guard halves.count < 3 else { throw text.bad("code, system|code, |code or system|") }
        var code = Array(try text.unescaped(halves[halves.count - 1]).utf8)
        if text.parameter.foldsCase { code = code.map { NormalizedText.lowered($0) } }
        if halves.count == 1 { return TokenTest(system: .any, code: code) }
        let uri = try text.unescaped(halves[0])
        if uri.isEmpty {
            guard !code.isEmpty else { throw text.bad("code, system|code, |code or system|") }
            return TokenTest(system: .none, code: code)
        }
        return TokenTest(system: system(uri), code: code.isEmpty ? nil : code)
    }

    private static func system(_ uri: String) -> System {
        let mayBeImplied = impliedPrefixes.contains { uri.hasPrefix($0) }
        return .uri(Array(uri.utf8), known: KnownSystems.number(of: uri), mayBeImplied: mayBeImplied)
    }

    private static let impliedPrefixes = [
        "http://hl7.org/fhir/", "http://terminology.hl7.org/CodeSystem/", "urn:ietf:bcp:", "urn:iso:std:iso:",
    ]

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [TokenTest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            let token = try values.tokenParts(tag)
            for test in tests where test.matches(token) { return true }
        }
        return false
    }

    func matches(_ token: FilterCursor.TokenParts) -> Bool {
        if let code {
            guard let found = token.code, FilterCursor.same(found, code) else { return false }
        }
        switch (system, token.system) {
        case (_, .other): return false
        case (.any, _): return true
        case (.none, .none), (.none, .implied): return true
        case (.uri(_, _, let mayBeImplied), .implied): return mayBeImplied
        case (.uri(_, let known, _), .known(let number)): return known == number
        case (.uri(let uri, _, _), .uri(let found)): return FilterCursor.same(found, uri)
        default: return false
        }
    }

    /// A term that every matching token has; nil if there is none.
    func term(identifierOfReference: Bool = false) -> TermBody? {
        guard let code else { return nil }
        switch system {
        case .uri(let uri, _, false):
            let kind: TermKind = identifierOfReference ? .referenceSystemAndCode : .systemAndCode
            return TermBody(kind: kind, value: TermValue.pair(String(decoding: uri, as: UTF8.self), String(decoding: code, as: UTF8.self)))
        case .none where !identifierOfReference: return TermBody(kind: .codeWithoutSystem, value: code)
        default: return TermBody(kind: identifierOfReference ? .referenceCode : .code, value: code)
        }
    }
}

extension FilterCursor {
    /// A token where it lies in the record.
    struct TokenParts {
        enum System {
            case none, implied
            case known(Int)
            case uri(UnsafeBufferPointer<UInt8>)
            /// No token at all.
            case other
        }
        var system: System
        var code: UnsafeBufferPointer<UInt8>?
    }

    /// Reads a token whose tag has been read; other values are skipped.
    @inline(__always)
    mutating func tokenParts(_ tag: UInt8) throws(FilterRecordError) -> TokenParts {
        switch tag {
        case FilterRecord.Tag.tokenBare: return TokenParts(system: .none, code: try text())
        case FilterRecord.Tag.tokenImplied: return TokenParts(system: .implied, code: try text())
        case FilterRecord.Tag.tokenKnown:
            let number = try length()
            return TokenParts(system: .known(number), code: try text())
        case FilterRecord.Tag.tokenURI:
            let uri = try text()
            return TokenParts(system: .uri(uri), code: try text())
        case FilterRecord.Tag.systemKnown: return TokenParts(system: .known(try length()), code: nil)
        case FilterRecord.Tag.systemURI: return TokenParts(system: .uri(try text()), code: nil)
        default:
            try skip(tag)
            return TokenParts(system: .other, code: nil)
        }
    }

    /// Passes over the rest of a value whose tag has been read.
    mutating func skip(_ tag: UInt8) throws(FilterRecordError) {
        switch tag {
        case FilterRecord.Tag.present: break
        case FilterRecord.Tag.tokenBare, FilterRecord.Tag.tokenImplied, FilterRecord.Tag.systemURI,
            FilterRecord.Tag.stringSimple, FilterRecord.Tag.referenceAbsolute, FilterRecord.Tag.canonical:
            _ = try text()
        case FilterRecord.Tag.tokenURI, FilterRecord.Tag.stringFull, FilterRecord.Tag.canonicalVersion:
            _ = try text()
            _ = try text()
        case FilterRecord.Tag.tokenKnown:
            _ = try length()
            _ = try text()
        case FilterRecord.Tag.systemKnown: _ = try length()
        case FilterRecord.Tag.referenceUUID: _ = try take(17)
        case FilterRecord.Tag.referenceLocal:
            _ = try byte()
            _ = try text()
        case FilterRecord.Tag.referenceIdentifier: try skip(try byte())
        case FilterRecord.Tag.number, FilterRecord.Tag.numberSpan: _ = try numberInterval(tag)
        case FilterRecord.Tag.quantity: _ = try quantityParts()
        default: _ = try interval(tag)
        }
    }

    @inline(__always)
    static func same(_ left: UnsafeBufferPointer<UInt8>, _ right: [UInt8]) -> Bool {
        left.count == right.count && right.withUnsafeBufferPointer { starts(left, with: $0) }
    }

    @inline(__always)
    static func starts(_ text: UnsafeBufferPointer<UInt8>, with prefix: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= prefix.count else { return false }
        for index in 0..<prefix.count where text[index] != prefix[index] { return false }
        return true
    }
}
