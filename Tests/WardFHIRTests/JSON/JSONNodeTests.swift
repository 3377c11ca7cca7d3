import Testing
import WardFHIR

@Suite struct JSONNodeTests {
    private let document: JSONDocument

    init() throws {
        document = try JSONDocument(parsing: Array(#"""
            {"resourceType":"Patient", "active": true, "n": [1.50, 1E5, -0], "\u0061b": "x\n\uD83D\uDE00y",
             "gone": null, "deep": {"a": [], "b": {}}, "no": false}
            """#.utf8))
    }

    @Test func membersInOrder() {
        let names = document.root.members.map { $0.name.string }
        #expect(names == ["resourceType", "active", "n", "ab", "gone", "deep", "no"])
        #expect(document.root.count == 7)
        #expect(document.root.elements.isEmpty)
        #expect(document.root.members.map(\.value.kind)
            == [.string, .true, .array, .string, .null, .object, .false])
    }

    @Test func lookup() {
        let root = document.root
        #expect(root["resourceType"]?.string == "Patient")
        #expect(root["ab"]?.string == "x\n😀y")
        let computed = "act" + "ive"
        #expect(root[computed]?.bool == true)
        #expect(root["no"]?.bool == false)
        #expect(root["gone"]?.isNull == true)
        #expect(root["missing"] == nil)
        #expect(root["activ"] == nil)
        #expect(root["n"]?["x"] == nil)
        #expect(root["deep"]?["b"]?.count == 0)
    }

    @Test func numbersStayAsWritten() {
        let numbers = document.root["n"]
        #expect(numbers?.elements.map(\.lexeme) == ["1.50", "1E5", "-0"])
        #expect(numbers?.count == 3)
        #expect(numbers?.members.isEmpty == true)
        #expect(numbers?.string == nil)
    }

    @Test func textWithoutAllocation() {
        let root = document.root
        #expect(root["resourceType"]?.equals("Patient") == true)
        #expect(root["resourceType"]?.equals("Patien") == false)
        #expect(root["ab"]?.equals("x\n😀y") == true)
        #expect(root["active"]?.equals("true") == false)
        #expect(root["ab"]?.withUTF8 { Array($0) } == Array("x\n😀y".utf8))
        #expect(root["n"]?.elements.first { _ in true }?.withUTF8 { $0.count } == 4)
        #expect(root["active"]?.withUTF8 { $0.count } == nil)
    }

    @Test func serializesCompactlyAsWritten() {
        #expect(String(decoding: document.root.serialized(), as: UTF8.self) == #"""
            {"resourceType":"Patient","active":true,"n":[1.50,1E5,-0],"\u0061b":"x\n\uD83D\uDE00y",
            "gone":null,"deep":{"a":[],"b":{}},"no":false}
            """#.filter { $0 != "\n" })
        #expect(document.root["n"]?.serialized() == Array("[1.50,1E5,-0]".utf8))
        #expect(document.root["ab"]?.serialized() == Array(#""x\n\uD83D\uDE00y""#.utf8))
    }

    @Test func identitiesAreUniqueAndGrow() {
        var seen: [Int] = []
        func walk(_ node: JSONNode) {
            seen.append(node.identity)
            for member in node.members {
                seen.append(member.name.identity)
                walk(member.value)
            }
            for element in node.elements { walk(element) }
        }
        walk(document.root)
        #expect(seen == Array(0..<seen.count))
    }

    @Test func printsNoContent() {
        var dumped = ""
        dump(document, to: &dumped)
        dump(document.root, to: &dumped)
        dumped += "\(document) \(document.root) \(String(reflecting: document.root["resourceType"]))"
        #expect(!dumped.contains("Patient"))
        #expect(dumped.contains("JSONNode(object)"))
    }
}
