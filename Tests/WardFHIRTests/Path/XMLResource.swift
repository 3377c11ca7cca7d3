import Foundation
import FoundationXML
import WardFHIR

/// Reads a resource in FHIR's XML as the JSON that means the same, by the definition tables.
///
/// Source: https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/json.html
final class XMLResource: NSObject, XMLParserDelegate {
    private final class Node {
        let name: String
        let attributes: [String: String]
        var children: [Node] = []
        init(name: String, attributes: [String: String]) {
            self.name = name
            self.attributes = attributes
        }
    }

    private var stack: [Node] = [Node(name: "", attributes: [:])]

    static func json(_ xml: [UInt8]) throws -> [UInt8] {
        let reader = XMLResource()
        let parser = XMLParser(data: Data(xml))
        parser.delegate = reader
        guard parser.parse(), let root = reader.stack[0].children.first else { throw CocoaError(.fileReadCorruptFile) }
        return Array(try reader.resource(root).utf8)
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        let node = Node(name: name, attributes: attributes)
        stack.last?.children.append(node)
        stack.append(node)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        stack.removeLast()
    }

    private func resource(_ node: Node) throws -> String {
        guard let type = FHIRDefinitions.r4.resourceType(named: node.name) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let members = try members(node, type)
        return "{" + ([#""resourceType":"\#(node.name)""#] + members).joined(separator: ",") + "}"
    }

    private func members(_ node: Node, _ type: TypeDefinition) throws -> [String] {
        var members: [String] = []
        for name in ["id", "url"] where type.element(named: name) != nil {
            if let text = node.attributes[name] { members.append("\"\(name)\":\(quoted(text))") }
        }
        var names: [String] = []
        for child in node.children where !names.contains(child.name) { names.append(child.name) }
        for name in names {
            guard let found = type.element(named: name) else { continue }
            let values = node.children.filter { $0.name == name }
            if found.type.kind == .primitive {
                members += try primitive(name, values, found)
            } else {
                let texts = try values.map { child in
                    found.type.isAbstract ? try resource(child.children[0])
                        : "{" + (try self.members(child, found.type)).joined(separator: ",") + "}"
                }
                members.append("\"\(name)\":" + list(texts, found))
            }
        }
        return members
    }

    private func primitive(_ name: String, _ nodes: [Node], _ found: ResolvedElement) throws -> [String] {
        let isText = found.type.primitive?.jsonForm == .string
        let values = nodes.map { node in
            if found.type.primitive == .xhtml { return "\"<div/>\"" }
            return node.attributes["value"].map { isText ? quoted($0) : $0 } ?? "null"
        }
        let siblings = try nodes.map { node in
            let members = found.type.primitive == .xhtml ? [] : try self.members(node, found.type)
            return members.isEmpty ? "null" : "{" + members.joined(separator: ",") + "}"
        }
        var result: [String] = []
        if values.contains(where: { $0 != "null" }) { result.append("\"\(name)\":" + list(values, found)) }
        if siblings.contains(where: { $0 != "null" }) { result.append("\"_\(name)\":" + list(siblings, found)) }
        return result
    }

    private func list(_ values: [String], _ found: ResolvedElement) -> String {
        found.element.isList ? "[" + values.joined(separator: ",") + "]" : values[0]
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONWriter.quoted(text), as: UTF8.self)
    }
}
