import WardFHIR

/// Tokens: codes with their systems, identifiers, contact points and plain literals.
///
/// Source: https://hl7.org/fhir/R4/search.html#token
extension ValueSink {
    mutating func readToken(_ node: JSONNode, form: DataForm) {
        switch form {
        case .codeableConcept:
            guard let codings = node["coding"] else { return add(.present) }
            for coding in codings.elements { readCoding(coding, code: coding["code"]) }
        case .coding: readCoding(node, code: node["code"])
        case .identifier: readCoding(node, code: node["value"])
        case .contactPoint:
            guard let code = node["value"]?.string else { return add(.present) }
            let value = foldsCase ? Self.lowered(code) : code
            add(.token(TokenValue(system: Self.system(node["use"]), code: value)))
        case .boolean:
            if let flag = node.bool { readFlag(flag) }
        case .code, .text, .uri, .canonical, .date:
            if let code = node.string, !code.isEmpty { add(.token(TokenValue(system: .implied, code: code))) }
        default: add(.present)
        }
    }

    mutating func readFlag(_ flag: Bool) {
        add(.token(TokenValue(system: .implied, code: flag ? "true" : "false")))
    }

    private mutating func readCoding(_ node: JSONNode, code: JSONNode?) {
        let system = Self.system(node["system"])
        let text = code?.string
        if text == nil, case .none = system { return add(.present) }
        add(.token(TokenValue(system: system, code: text)))
    }

    /// The value of an identifier, or nil where there is nothing to compare.
    static func identifier(_ node: JSONNode) -> TokenValue? {
        let value = TokenValue(system: system(node["system"]), code: node["value"]?.string)
        return value == TokenValue(system: .none, code: nil) ? nil : value
    }

    /// Systems that are known share their text.
    private static func system(_ node: JSONNode?) -> TokenValue.System {
        guard let node, node.kind == .string else { return .none }
        if let known = node.withUTF8({ KnownSystems.number(of: $0) }) ?? nil { return .uri(KnownSystems.urls[known]) }
        return node.string.map { .uri($0) } ?? .none
    }

    private static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map { NormalizedText.lowered($0) }, as: UTF8.self)
    }
}
