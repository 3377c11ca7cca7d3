import Testing
import WardFHIR

/// Each primitive of R4, as the value of a parameter. Source: https://hl7.org/fhir/R4/datatypes.html#primitive
@Suite struct PrimitiveFormatTests {
    private static let validator = StructureValidator(.r4)

    private func isValid(_ type: String, _ json: String) throws -> Bool {
        let text = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"x\",\"value\(type)\":\(json)}]}"
        let issues = Self.validator.validate(try JSONDocument(parsing: Array(text.utf8)).root)
        #expect(issues.allSatisfy { $0.path == "Parameters.parameter[0].value\(type)" })
        return issues.isEmpty
    }

    @Test(arguments: [
        ("Boolean", ["true", "false"], ["\"true\"", "1", "{}"]),
        ("Integer", ["0", "1", "-1", "2147483647", "-2147483648"],
            ["2147483648", "-2147483649", "1.0", "1e3", "-0", "\"1\"", "99999999999999999999"]),
        ("UnsignedInt", ["0", "2147483647"], ["-1", "2147483648", "0.5"]),
        ("PositiveInt", ["1", "2147483647"], ["0", "-1", "2147483648"]),
        ("Decimal", ["0", "-0.0", "1.50", "1E5", "1e-10", "123456789012345678901234567890.5"], ["\"1.5\"", "true"]),
        ("String", ["\"x\"", "\" \"", #""a\tb\r\nc""#, #""\u00e9""#], ["\"\"", #""\u0000""#, #""a\u001fb""#, "1"]),
        ("Markdown", ["\"# x\""], ["\"\"", #""\b""#]),
        ("Code", ["\"a\"", "\"a b\"", "\"a-b c\""], ["\" a\"", "\"a \"", "\"a  b\"", "\" \"", "\"\""]),
        ("Id", ["\"a\"", "\"A-1.b\"", "\"\(String(repeating: "x", count: 64))\""],
            ["\"\(String(repeating: "x", count: 65))\"", "\"a_b\"", "\"a b\"", "\"é\"", "\"a/b\""]),
        ("Uri", ["\"http://a.b/c?d=e#f\"", "\"urn:x\"", "\"#a\"", "\"é\""], ["\"a b\"", "\" a\"", #""a\n""#]),
        ("Url", ["\"https://a\""], ["\"https://a b\""]),
        ("Canonical", ["\"http://a|1.0\""], ["\"http://a |1\""]),
        ("Oid", ["\"urn:oid:1.2.840.0.1\"", "\"urn:oid:0.0\""],
            ["\"1.2.3\"", "\"urn:oid:3.1\"", "\"urn:oid:1\"", "\"urn:oid:1.02\"", "\"urn:oid:1..2\"",
            "\"urn:oid:1.2.\"",
                "\"urn:oid:\""]),
        ("Uuid", ["\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\""],
            ["\"c757873d-ec9a-4326-a141-556f43239520\"", "\"urn:uuid:C757873D-EC9A-4326-A141-556F43239520\"",
                "\"urn:uuid:c757873dec9a-4326-a141-556f43239520-\""]),
        ("Base64Binary", ["\"AAAA\"", "\"AA==\"", "\"AAA=\"", #""AAAA\nBB==""#, "\"+/09\""],
            ["\"AAA\"", "\"A===\"", "\"AA=A\"", "\"AA-_\"", "\" \"", "\"====\""]),
    ])
    func scalars(_ type: String, _ good: [String], _ bad: [String]) throws {
        for json in good { #expect(try isValid(type, json), "\(type) \(json)") }
        for json in bad { #expect(try !isValid(type, json), "\(type) \(json)") }
    }

    @Test(arguments: [
        ("Date", ["2000", "0001", "2000-12", "2000-02-29", "2024-02-29", "1999-12-31"],
            ["0000", "200", "20000", "2000-13", "2000-00", "2000-1", "2000-02-30", "1900-02-29", "2001-04-31",
                "2000-01-00", "2000-01-01T00:00:00Z", "2000-", "2000/01/01", " 2000"]),
        ("DateTime", ["2000", "2000-01", "2000-01-01", "2000-01-01T23:59:59Z", "2000-01-01T00:00:00.123456+14:00",
            "2016-12-31T23:59:60Z", "2000-01-01T00:00:00-13:59"],
            ["2000-01-01T00:00:00", "2000-01-01T24:00:00Z", "2000-01-01T00:00Z", "2000-01T00:00:00Z",
                "2000-01-01T00:00:00+14:01", "2000-01-01T00:00:00.Z", "2000-01-01T00:60:00Z", "2000-01-01T00:00:61Z",
                "2000-01-01T00:00:00+0100", "2000-01-01 00:00:00Z", "2000-01-01T00:00:00z", "2000-01-01T",
                "2000-01-01T00:00:00Zx"]),
        ("Instant", ["2000-01-01T00:00:00Z", "2000-01-01T00:00:00.1-05:00"],
            ["2000", "2000-01-01", "2000-01-01T00:00:00"]),
        ("Time", ["00:00:00", "23:59:59.999", "12:00:60"], ["24:00:00", "12:00", "12:00:00Z", "1:00:00", "12:00:00."]),
    ])
    func times(_ type: String, _ good: [String], _ bad: [String]) throws {
        for text in good { #expect(try isValid(type, "\"\(text)\""), "\(type) \(text)") }
        for text in bad { #expect(try !isValid(type, "\"\(text)\""), "\(type) \(text)") }
    }

    @Test func strings() throws {
        let longest = String(repeating: "x", count: 1 << 20)
        #expect(try isValid("String", "\"\(longest)\""))
        #expect(try !isValid("String", "\"\(longest)x\""))
        #expect(try !isValid("String", "\"\(longest)\\n\""))
    }
}
