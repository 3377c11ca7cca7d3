import Testing
@testable import WardSearch

@Suite("Tokens, https://hl7.org/fhir/R4/search.html#token")
struct TokenTestTests {
    @Test("Codings by system and code", arguments: [
        ("code", "8302-2", true), ("code", "http://loinc.org|8302-2", true), ("code", "http://other|8302-2", false),
        ("code", "|8302-2", false), ("code", "|local", true), ("code", "http://loinc.org|", true), ("code", "http://other|", false),
        ("code", "8302", false), ("code", "x,8302-2", true), ("code", "x,y", false), ("code:not", "8302-2", false),
        ("code:not", "x", true), ("code:not", "x,local", false), ("method:not", "x", true), ("method:missing", "true", true),
        ("code:missing", "false", true), ("code", "http://loinc.org|8302-2,http://other|", true),
        ("combo-code", "8302-2", true), ("combo-code", "part", true), ("component-code", "8302-2", false),
        ("code", #"http://odd|a\,b\|c"#, true), ("code", "LOCAL", false), ("status", "final", true),
        ("status", "http://hl7.org/fhir/observation-status|final", true), ("status", "http://other|final", false),
        ("status", "|final", true), ("category", "lab", false), ("category:missing", "false", true),
    ])
    func codings(name: String, value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"""
            {"resourceType":"Observation","status":"final","category":[{"text":"lab"}],
            "code":{"coding":[{"system":"http://loinc.org","code":"8302-2"},{"code":"local"},{"system":"http://odd","code":"a,b|c"}]},
            "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"part"}]}}]}
            """#)
        #expect(try Sample.matches(values, name, value) == holds)
    }

    @Test("Identifiers, contact points, booleans", arguments: [
        ("identifier", "urn:x|1", true), ("identifier", "1", true), ("identifier", "|1", false), ("active", "true", true),
        ("active", "false", false), ("email", "a.b@example.org", true), ("email", "A.B@Example.org", true),
        ("phone", "555", true), ("phone", "a.b@example.org", false), ("telecom", "home|555", true), ("telecom", "work|555", false),
        ("deceased", "true", true), ("deceased", "false", false), ("gender", "female", true), ("gender:not", "female", false),
        ("language", "urn:ietf:bcp:47|nl", true),
    ])
    func others(name: String, value: String, holds: Bool) throws {
        let values = try Sample.extract(
            #"""
            {"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}],"active":true,"gender":"female",
            "deceasedDateTime":"2020-01-01","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"nl"}]}}],
            "telecom":[{"system":"email","value":"A.b@example.org"},{"system":"phone","value":"555","use":"home"}]}
            """#)
        #expect(try Sample.matches(values, name, value) == holds)
    }

    @Test("A living patient is not deceased")
    func living() throws {
        let values = try Sample.extract(#"{"resourceType":"Patient"}"#)
        #expect(try Sample.matches(values, "deceased", "false"))
        #expect(try !Sample.matches(values, "deceased", "true"))
    }
}
