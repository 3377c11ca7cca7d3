import Testing
import WardFHIR

/// Operators, precedence and errors, on a resource without elements.
@Suite struct PathLanguageTests {
    @Test(arguments: [
        ("1 + 2 * 3", "7"), ("-1 + 2", "1"), ("7 div 2", "3"), ("7 mod 2", "1"), ("1 / 4", "0.25"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("'a' & 'b' & {}", "ab"), ("1 = 1.0", "true"), ("1 != 2 and 2 > 1", "true"), ("true or {}", "true"),
        ("({} and true).empty()", "true"), ("false implies {}", "true"), ("true xor false", "true"),
        ("2 in (1 | 2)", "true"), ("(1 | 2) contains 3", "false"), ("(1 | 2 | 2).count()", "2"),
        ("'ABC' ~ 'abc'", "true"), ("@2012-04 = @2012", ""), ("@2012-04-15 < @2012-05", "true"),
        ("@2012-04-15T15:00:00Z = @2012-04-15T10:00:00-05:00", "true"), ("@T10:00 < @T10:01", "true"),
        ("1 'kg' = 1000 'g'", "true"), ("1 week = 7 days", "true"), ("1 is Integer", "true"),
        ("1.is(System.String)", "false"),
        ("'abc'.substring(1, 1)", "b"), ("'a,b'.split(',').join('-')", "a-b"), ("'abc'.contains('bc')", "true"),
        ("(1 | 2 | 3).where($this > 1).count()", "2"), ("(1|2|3).aggregate($total + $this, 0)", "6"),
        ("iif(1 = 1, 'yes', 'no')", "yes"), ("(3 | 4).select($index).count()", "2"), ("1.5.round(0)", "2"),
        ("'1'.toInteger() + 1", "2"), ("`id`.empty()", "true"), ("%ucum", "http://unitsofmeasure.org"),
        ("@2024-01-31 + 1 month", "2024-02-29"), ("@2023-01 - 1 month", "2022-12"), ("@2023 + 24 months", "2025"),
        ("@1970-01-01 - 1 day", "1969-12-31"), ("@1960-03-01T00:00:00Z - 1 'ms'", "1960-02-29T23:59:59.999Z"),
        ("@T23:30 + 1 hour", "T00:30"), ("@2023-12-31T23 + 60 minutes", "2024-01-01T00"), ("@9999 + 1 year", ""),
        ("1.5 'mg'.toString()", "1.5 'mg'"), ("'4 days'.toQuantity() = 4 days", "true"), ("4 'g' ~ 4040 'mg'", "true"),
        ("@2020-01-01 = @T10:00", "false"), ("1 'kg' = 1 'Cel'", ""),
        ("1 / 0", ""), ("9223372036854775807 + 1", ""), ("(1.2).truncate()", "1"), ("'\\u0041\\n'.length()", "2"),
    ])
    func expression(_ expression: String, expected: String) throws {
        let values = try PathText.values(expression, #"{"resourceType":"Basic"}"#)
        #expect(values == (expected.isEmpty ? [] : [expected]))
    }

    @Test(arguments: [
        ("Patient.", FHIRPathError.Code.syntax), ("1 +", .syntax), ("'open", .syntax), ("a b", .syntax),
        ("(1", .syntax),
        ("a[1", .syntax), ("$that", .syntax), ("#", .syntax), ("/* open", .syntax), ("", .syntax), ("and", .syntax),
        ("a.$this", .syntax), ("name.today()", .unknownFunction), ("1 is Nothing", .unknownType),
        ("%nothing", .unknownVariable), ("a.first(1)", .wrongArguments),
    ])
    func refused(_ expression: String, code: FHIRPathError.Code) {
        #expect { try FHIRPath.compile(expression) } throws: { ($0 as? FHIRPathError)?.code == code }
    }

    @Test func theErrorNamesTheFunction() {
        #expect { try FHIRPath.compile("Patient.name.frobnicate()") } throws: { error in
            (error as? FHIRPathError)?.name == "frobnicate" && (error as? FHIRPathError)?.offset == 13
        }
    }

    @Test(arguments: ["(1 | 2) + 1", "'a' > 1", "'a' - 'b'", "(1 | 2).single()", "(true | false) and true"])
    func evaluationErrors(expression: String) throws {
        #expect(throws: FHIRPathError.self) { try PathText.values(expression, #"{"resourceType":"Basic"}"#) }
    }

    @Test func nestingIsBounded() throws {
        let fine = String(repeating: "(", count: 50) + "1" + String(repeating: ")", count: 50)
        _ = try FHIRPath.compile(fine)
        for deep in [
            String(repeating: "(", count: 5000) + "1", String(repeating: "-", count: 5000) + "1",
            "a" + String(repeating: ".a", count: 5000), "1" + String(repeating: "+1", count: 5000),
        ] {
            #expect { try FHIRPath.compile(deep) } throws: { ($0 as? FHIRPathError)?.code == .limit }
        }
    }

    @Test func longCollectionsStayLinear() throws {
        let names = (0..<20_000).map { #"{"family":"f\#($0)"}"# }.joined(separator: ",")
        let json = #"{"resourceType":"Patient","name":[\#(names)]}"#
        #expect(try PathText.values("(Patient.name | Patient.name).count()", json) == ["20000"])
    }
}
