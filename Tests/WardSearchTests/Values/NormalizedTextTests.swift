import Testing
@testable import WardSearch

@Suite("Folding of strings, https://hl7.org/fhir/R4/search.html#string")
struct NormalizedTextTests {
    @Test("Folded forms", arguments: [
        ("Schmitt", "schmitt"), ("  Mary   ANN\t", "mary ann"), ("José", "jose"), ("Jose\u{301}", "jose"), ("Straße", "strasse"),
        ("STRASSE", "strasse"), ("Søren", "soren"), ("Łódź", "lodz"), ("Ångström", "angstrom"), ("ﬁne", "fine"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"), ("οδυσσεύς", "οδυσσευσ"), ("İstanbul", "istanbul"), ("①２", "12"), ("a\u{2003}\u{A0}b", "a b"),
        ("", ""), (" \u{301} ", ""), ("山田 太郎", "山田 太郎"), ("O'Brien-Łęcki", "o'brien-lecki"),
    ])
    func folded(text: String, form: String) {
        #expect(Array(NormalizedText.folded(text).utf8) == Array(form.utf8))
    }

    @Test("The form of a form is itself, for every scalar that has one")
    func idempotent() {
        for value in UInt32(0x20)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = NormalizedText.folded("x\(scalar)y")
            #expect(Array(NormalizedText.folded(once).utf8) == Array(once.utf8), "U+\(String(value, radix: 16))")
        }
    }

    @Test("Composed forms keep case and accents")
    func composed() {
        #expect(Array(NormalizedText.composed("Jose\u{301}").utf8) == Array("José".utf8))
        #expect(NormalizedText.composed("STRAßE ") == "STRAßE ")
    }
}
