import Testing
import WardFHIR

@Suite struct JSONEditsTests {
    private func parse(_ text: String) throws -> JSONNode {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func withoutEditsItIsTheCompactForm() throws {
        let node = try parse("{ \"a\" : [ 1.0 , { } ] }")
        #expect(text(JSONEdits().serialize(node)) == "{\"a\":[1.0,{}]}")
    }

    @Test func replacesInPlaceAtAnyDepth() throws {
        let node = try parse(#"{"a":[1, {"r":"urn:uuid:1"}], "b":2}"#)
        var edits = JSONEdits()
        edits.replace(try #require(node["a"]?.elements.map { $0 }[1]["r"]), with: JSONWriter.quoted("Patient/\"1"))
        #expect(text(edits.serialize(node)) == #"{"a":[1,{"r":"Patient/\"1"}],"b":2}"#)
        edits.replace(try #require(node["b"]), with: Array("[]".utf8))
        #expect(text(edits.serialize(node)) == #"{"a":[1,{"r":"Patient/\"1"}],"b":[]}"#)
        #expect(text(edits.serialize(try #require(node["b"]))) == "[]")
        edits.replace(node, with: Array("0".utf8))
        #expect(text(edits.serialize(node)) == "0")
    }

    @Test func setsRemovesAndInsertsMembers() throws {
        let node = try parse(#"{"resourceType":"Patient","meta":{},"x":1,"\u0079":2}"#)
        var edits = JSONEdits()
        edits.setMember(of: node, name: "id", to: Array("\"7\"".utf8), after: "resourceType")
        edits.setMember(of: node, name: "meta", to: Array("{\"v\":1}".utf8), after: "id")
        edits.setMember(of: node, name: "new", to: Array("3".utf8), after: "id")
        edits.removeMember(of: node, name: "y")
        edits.setMember(of: node, name: "top", to: Array("4".utf8), after: nil)
        edits.setMember(of: node, name: "lost", to: Array("5".utf8), after: "nowhere")
        #expect(text(edits.serialize(node))
            == #"{"lost":5,"top":4,"resourceType":"Patient","id":"7","new":3,"meta":{"v":1},"x":1}"#)
    }

    @Test func editsOfAnEmptyObjectAndOfARemovedMember() throws {
        let node = try parse(#"{"a":{}}"#)
        var edits = JSONEdits()
        edits.setMember(of: try #require(node["a"]), name: "b", to: Array("true".utf8), after: nil)
        #expect(text(edits.serialize(node)) == #"{"a":{"b":true}}"#)
        edits.removeMember(of: node, name: "a")
        #expect(text(edits.serialize(node)) == "{}")
    }

    @Test func oneSetOfEditsServesEveryEntry() throws {
        let entries = (0..<2000).map { "{ \"resource\": {\"n\": \($0), \"r\": \"x\"} }" }.joined(separator: ",")
        let bundle = try parse("{\"entry\":[\(entries)]}")
        let resources = try #require(bundle["entry"]).elements.compactMap { $0["resource"] }
        var edits = JSONEdits()
        for resource in resources.reversed() {
            edits.setMember(of: resource, name: "id", to: Array("9".utf8), after: nil)
            edits.replace(try #require(resource["r"]), with: Array("null".utf8))
        }
        for (number, resource) in resources.enumerated() {
            #expect(text(edits.serialize(resource)) == "{\"id\":9,\"n\":\(number),\"r\":null}")
        }
    }
}
