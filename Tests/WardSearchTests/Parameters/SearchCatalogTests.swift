import Testing
import WardFHIR
@testable import WardSearch

@Suite("The catalogue of search parameters")
struct SearchCatalogTests {
    @Test("Every official parameter of a supported type that has an expression compiles and is offered")
    func complete() throws {
        var offered = 0
        for type in FHIRDefinitions.r4.resourceTypes {
            let parameters = try #require(SearchCatalog.r4.parameters(for: type))
            for definition in FHIRDefinitions.r4.searchParameters(for: type) {
                let parameter = try #require(parameters[definition.code])
                let isDue = SearchParameter.supportedTypes.contains(definition.type) && definition.expression != nil
                #expect(parameter.isSupported == isDue, "\(type) \(definition.code)")
                #expect(parameters.all[Int(parameter.number)].code == definition.code)
                if isDue { offered += 1 }
            }
        }
        #expect(offered > 2_000)
    }

    @Test("There is no catalogue for what is no resource type")
    func unknown() {
        #expect(SearchCatalog.r4.parameters(for: "Resource") == nil)
        #expect(SearchCatalog.r4.parameters(for: "HumanName") == nil)
    }

    @Test("Single-valued parameters are told from the others")
    func single() throws {
        let observation = try #require(SearchCatalog.r4.parameters(for: "Observation"))
        #expect(observation["date"]?.isSingle == true && observation["value-date"]?.isSingle == true)
        #expect(observation["combo-code"]?.isSingle == false && observation["category"]?.isSingle == false)
        let condition = try #require(SearchCatalog.r4.parameters(for: "Condition"))
        #expect(condition["onset-date"]?.isSingle == true)
        let plan = try #require(SearchCatalog.r4.parameters(for: "CarePlan"))
        #expect(plan["activity-date"]?.isSingle == false)
    }

    @Test("The fingerprint tells types apart, so that a record is never read with another type's numbers")
    func fingerprints() {
        let fingerprints = ["Observation", "Patient", "Condition", "Encounter"].compactMap {
            SearchCatalog.r4.parameters(for: $0)?.fingerprint
        }
        #expect(Set(fingerprints).count == 4)
    }
}
