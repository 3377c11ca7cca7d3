import Foundation
import FoundationXML

/// One test of the official FHIRPath suite.
struct OfficialPathTest {
    var name: String
    var expression = ""
    var input: String
    /// Whether the result is taken as a condition.
    var isPredicate: Bool
    /// `syntax`, `semantic` or `execution`; nil for an expression that must work.
    var invalid: String?
    var outputs: [(type: String, text: String)] = []
}

/// Reads `tests-fhir-r4.xml`.
final class OfficialPathSuite: NSObject, XMLParserDelegate {
    private(set) var tests: [OfficialPathTest] = []
    private var text = ""
    private var type = ""

    init(_ xml: Data) {
        super.init()
        let parser = XMLParser(data: xml)
        parser.delegate = self
        if !parser.parse() { tests = [] }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        text = ""
        switch name {
        case "test":
            tests.append(OfficialPathTest(
                name: attributes["name"] ?? "", input: attributes["inputfile"] ?? "patient-example.xml",
                isPredicate: attributes["predicate"] == "true"))
        case "expression": tests[tests.count - 1].invalid = attributes["invalid"]
        case "output": type = attributes["type"] ?? ""
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        switch name {
        case "expression": tests[tests.count - 1].expression = text
        case "output": tests[tests.count - 1].outputs.append((type, text))
        default: break
        }
    }
}
