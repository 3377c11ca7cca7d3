import WardFHIR

/// What a search asks of a reference: a resource of this server, a URL, or an identifier.
///
/// Source: https://hl7.org/fhir/R4/search.html#reference
public enum ReferenceTest: Sendable {
    /// A resource of this server.
    case local(String, String)
    /// A resource of this server, of whatever type.
    case anyType(String)
    /// An absolute URL, or a canonical with or without its version.
    case url(URITest)
    /// `:identifier`.
    case identifier(TokenTest)

    /// How many types a bare id may be spelled out for; past it the type is left open.
    static let typesAtMost = 12

    static func parse(_ text: ParameterText) throws(FHIRError) -> [ReferenceTest] {
        if text.modifier == "identifier" { return try text.each(TokenTest.parse).map { .identifier($0) } }
        let targets = try targets(text)
        return try text.each { (part, text) throws(FHIRError) in
            try parse(text.unescaped(part), targets, text)
        }.flatMap { $0 }
    }

    /// The types that a bare id may be of; nil for any.
    private static func targets(_ text: ParameterText) throws(FHIRError) -> [String]? {
        let declared = text.parameter.code == "patient" ? ["Patient"] : text.parameter.targets
        let isOpen = declared.isEmpty || declared.contains("Resource")
        if let modifier = text.modifier {
            guard ResourceTypes.number(of: modifier) != nil, isOpen || declared.contains(modifier) else {
                throw SearchRefusal.unsupportedModifier(text.name)
            }
            return [modifier]
        }
        return isOpen || declared.count > typesAtMost ? nil : declared
    }

    private static func parse(
        _ value: String, _ targets: [String]?, _ text: ParameterText
    ) throws(FHIRError) -> [ReferenceTest] {
        if ReferenceText.isID(value[...]) {
            return targets.map { $0.map { .local($0, value) } } ?? [.anyType(value)]
        }
        switch ReferenceText.parse(value, context: text.context) {
        case .local(let type, let id):
            if let modifier = text.modifier, modifier != type { throw text.bad("a \(modifier)") }
            // The patient of a query stays one: its matches are those of the compartment.
            let isPatient = type == "Patient" && text.parameter.placesInPatientCompartment
            guard ReferenceText.isAbsolute(value), !isPatient else { return [.local(type, id)] }
            // What was written under another name of this server holds the URL only.
            return [.local(type, id), .url(URITest(mode: .exact, text: ReferenceText.withoutVersion(value)))]
        case .absolute(let url) where url.utf8.contains(UInt8(ascii: ":")):
            return [.url(URITest(mode: .exact, text: url))]
        default: throw text.bad("an id, Type/id or a URL")
        }
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [CompiledReference], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            var rest = values
            let tag = try values.byte()
            try values.skip(tag)
            _ = try rest.byte()
            for test in tests where try test.matches(tag, rest) { return true }
        }
        return false
    }

    /// Terms of which every matching reference has one; nil if there are none.
    func terms() -> [TermBody]? {
        switch self {
        case .local(let type, let id): [TermBody(kind: .localReference, value: TermValue.local(type, id))]
        case .anyType: nil
        case .url(let test): test.terms()
        case .identifier(let test): test.term(identifierOfReference: true).map { [$0] }
        }
    }
}

/// A reference test in the bytes that a filter record would hold.
enum CompiledReference: Sendable {
    case uuid(type: UInt8, high: UInt64, low: UInt64)
    case id(type: UInt8, [UInt8])
    case anyUUID(high: UInt64, low: UInt64)
    case anyID([UInt8])
    case url(URITest)
    case identifier(TokenTest)
    /// A type that references of R4 cannot have.
    case never

    init(_ test: ReferenceTest) {
        switch test {
        case .local(let type, let id):
            guard let number = ResourceTypes.number(of: type) else {
                self = .never
                return
            }
            if let uuid = UUIDText.bytes(id) {
                self = .uuid(type: UInt8(number), high: uuid.0, low: uuid.1)
            } else {
                self = .id(type: UInt8(number), Array(id.utf8))
            }
        case .anyType(let id):
            if let uuid = UUIDText.bytes(id) {
                self = .anyUUID(high: uuid.0, low: uuid.1)
            } else {
                self = .anyID(Array(id.utf8))
            }
        case .url(let test): self = .url(test)
        case .identifier(let test): self = .identifier(test)
        }
    }

    /// `value` stands behind the tag.
    func matches(_ tag: UInt8, _ value: FilterCursor) throws(FilterRecordError) -> Bool {
        var value = value
        switch (self, tag) {
        case (.uuid(let type, let high, let low), FilterRecord.Tag.referenceUUID):
            return try Self.isUUID(&value, type: type, high, low)
        case (.anyUUID(let high, let low), FilterRecord.Tag.referenceUUID):
            return try Self.isUUID(&value, type: nil, high, low)
        case (.id(let type, let id), FilterRecord.Tag.referenceLocal):
            guard try value.byte() == type else { return false }
            return FilterCursor.same(try value.text(), id)
        case (.anyID(let id), FilterRecord.Tag.referenceLocal):
            _ = try value.byte()
            return FilterCursor.same(try value.text(), id)
        case (.url(let test), FilterRecord.Tag.referenceAbsolute), (.url(let test), FilterRecord.Tag.canonical):
            return test.matches(url: try value.text(), version: nil)
        case (.url(let test), FilterRecord.Tag.canonicalVersion):
            let url = try value.text()
            return test.matches(url: url, version: try value.text())
        case (.identifier(let test), FilterRecord.Tag.referenceIdentifier):
            let tag = try value.byte()
            return test.matches(try value.tokenParts(tag))
        default: return false
        }
    }

    private static func isUUID(
        _ value: inout FilterCursor, type: UInt8?, _ high: UInt64, _ low: UInt64
    ) throws(FilterRecordError) -> Bool {
        let found = try value.byte()
        if let type, type != found { return false }
        let first: UInt64 = try value.integer()
        let second: UInt64 = try value.integer()
        return first == high && second == low
    }
}
