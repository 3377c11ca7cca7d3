import Testing
import WardFHIR
import WardPrivacy

@Suite("Synthetic population")
struct SyntheticPopulationTests {
    private func bundles(seed: UInt64, _ count: Int = 40) -> [[UInt8]] { Array(SyntheticPopulation(seed: seed).bundles(count: count)) }

    @Test("Every resource is valid R4 and labelled as test data")
    func valid() throws {
        let validator = StructureValidator()
        var types: Set<String> = []
        for bundle in bundles(seed: 1) {
            let root = try JSONDocument(parsing: bundle).root
            #expect(validator.validate(root, expecting: "Bundle").map(\.path) == [])
            for entry in try #require(root["entry"]).elements {
                let resource = try #require(entry["resource"])
                types.insert(try #require(resource["resourceType"]?.string))
                let label = resource["meta"]?["security"]?.elements.first { _ in true }
                #expect(label?["code"]?.equals("HTEST") == true)
            }
        }
        #expect(types == [
            "Patient", "Practitioner", "Organization", "Encounter", "Condition", "Observation", "MedicationRequest", "Immunization",
        ])
    }

    @Test("The seed decides everything")
    func seeded() {
        #expect(bundles(seed: 5) == bundles(seed: 5))
        #expect(bundles(seed: 5) != bundles(seed: 6))
    }

    @Test("References resolve inside the Bundle, nothing happens before birth, and pressures are those of the living")
    func plausible() throws {
        for bundle in bundles(seed: 3) {
            let entries = Array(try #require(try JSONDocument(parsing: bundle).root["entry"]).elements)
            let urns = Set(entries.compactMap { $0["fullUrl"]?.string })
            #expect(urns.count == entries.count)
            let birth = entries.compactMap { $0["resource"]?["birthDate"]?.string }.first ?? "9999"
            for entry in entries {
                let resource = try #require(entry["resource"])
                ReferenceWalk().visit(resource) { node, place in
                    if place == .reference { #expect(urns.contains(node.string ?? "")) }
                }
                for name in ["onsetDateTime", "effectiveDateTime", "occurrenceDateTime", "authoredOn"] {
                    if let time = resource[name]?.string { #expect(time > birth) }
                }
                let values = resource["component"]?.elements.compactMap { $0["valueQuantity"]?["value"]?.lexeme }.compactMap(Double.init) ?? []
                if values.count == 2 { #expect(values[0] > values[1] + 20) }
            }
        }
    }
}
