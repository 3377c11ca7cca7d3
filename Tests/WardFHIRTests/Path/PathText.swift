import WardFHIR

/// Evaluates expressions on JSON text and shows values as text, for tests.
enum PathText {
    static func values(_ expression: String, _ json: String) throws -> [String] {
        let document = try JSONDocument(parsing: Array(json.utf8))
        return try values(expression, document.root)
    }

    static func values(_ expression: String, _ resource: JSONNode) throws -> [String] {
        let name = resource["resourceType"]?.string ?? ""
        guard let type = FHIRDefinitions.r4.resourceType(named: name) else { return [] }
        return try FHIRPath.compile(expression).evaluate(resource: resource, type: type).map { text(of: $0) }
    }

    static func text(of value: PathValue) -> String {
        switch value {
        case .element(let element):
            guard let node = element.node else { return element.sibling == nil ? "→\(element.type.name)" : "∅" }
            return node.string ?? node.lexeme ?? node.bool.map { "\($0)" }
                ?? String(decoding: node.serialized(), as: UTF8.self)
        case .boolean(let flag): return "\(flag)"
        case .integer(let number): return "\(number)"
        case .decimal(let number): return number.description
        case .string(let text): return text
        case .temporal(let temporal): return temporal.text
        case .quantity(let quantity): return quantity.description
        }
    }
}
