import Testing
import WardPHI

@Suite struct ProtectedTests {
    let name = Protected("CANARY")

    @Test func printsNothingOfTheValue() {
        struct Person { var name: Protected<String> }
        var dumped = ""
        dump(Person(name: name), to: &dumped)
        let texts = [
            "\(name)", String(reflecting: name), dumped, "\(Person(name: name))", "\([name])",
            "\(Optional(name) as Any)",
        ]
        for text in texts {
            #expect(!text.contains("CANARY"))
        }
        #expect(Mirror(reflecting: name).children.isEmpty)
    }

    @Test func givesTheValueWhenAsked() {
        #expect(name.revealed == "CANARY")
        #expect(name.map(\.utf8.count) == Protected(6))
    }
}

@Suite struct RedactionTests {
    @Test func namesTypeAndCodeOfAnError() {
        enum Plain: Error { case missing }
        enum Printing: Error, CustomStringConvertible { case missing; var description: String { "CANARY" } }
        struct Bare: Error { var code = "CANARY" }
        #expect(Redaction.kind(of: Plain.missing) == "Plain.missing")
        #expect(Redaction.kind(of: Printing.missing) == "Printing")
        #expect(Redaction.kind(of: Bare()) == "Bare")
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (-1_000, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999_999, "2100-02-28T23:59:59.999Z"),
    ] as [(Int64, String)])
    func writesRFC3339(microseconds: Int64, text: String) {
        #expect(Timestamp.text(microseconds) == text)
    }
}
