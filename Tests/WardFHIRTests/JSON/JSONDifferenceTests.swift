import Testing
import WardFHIR

@Suite struct JSONDifferenceTests {
    private func difference(_ left: String, _ right: String, ignoring: [String] = []) throws -> String? {
        JSONDifference.first(
            try JSONDocument(parsing: Array(left.utf8)).root, try JSONDocument(parsing: Array(right.utf8)).root,
            ignoring: ignoring)
    }

    @Test(arguments: [
        (#"{"a":"\u0041"}"#, #"{ "\u0061" : "A" }"#), ("[1,[],{}]", "[ 1 , [ ], { } ]"), ("null", "null"),
    ])
    func same(_ left: String, _ right: String) throws {
        #expect(try difference(left, right) == nil)
    }

    @Test(arguments: [
        ("1.0", "1.00", "(self)"), ("1", "\"1\"", "(self)"), ("[1]", "[1,2]", "(self)"), ("true", "false", "(self)"),
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, "a"), (#"{"a":1}"#, #"{"a":1,"b":2}"#, "b"),
        (#"{"a":1,"b":2}"#, #"{"a":1}"#, "b"), (#"{"a":[{"b":[0,1]}]}"#, #"{"a":[{"b":[0,2]}]}"#, "a[0].b[1]"),
        (#"{"John Smith":1}"#, #"{"John Smith":2}"#, "*"),
    ])
    func different(_ left: String, _ right: String, _ path: String) throws {
        #expect(try difference(left, right) == path)
    }

    @Test func ignoresNamedPathsOnBothSides() throws {
        let left = #"{"id":"1","a":{"id":"x","reference":"urn:1"},"e":[{"r":{"id":1}}]}"#
        let right = #"{"a":{"id":"x","reference":"Patient/1"},"e":[{"r":{"id":2}}],"meta":{}}"#
        #expect(try difference(left, right) == "id")
        #expect(try difference(left, right, ignoring: ["id"]) == "a.reference")
        #expect(try difference(left, right, ignoring: ["id", "**.reference"]) == "e[0].r.id")
        #expect(try difference(left, right, ignoring: ["id", "**.reference", "e.r.id"]) == "meta")
        #expect(try difference(left, right, ignoring: ["id", "a.reference", "e.r.id", "meta"]) == nil)
        #expect(try difference(left, right, ignoring: ["id", "**.a.reference", "**.r.id", "meta"]) == nil)
    }
}
