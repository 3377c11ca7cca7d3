import Testing
import WardFHIR
import WardVault
@testable import WardSearch

@Suite("What the index shows of records")
struct IndexSurveyTests {
    @Test("The terms of a filter record are those of the resource", .enabled(if: SyntheaData.isPresent))
    func filterTerms() throws {
        for resource in try SyntheaData.resources(folder: "synthea-smart-r4", bundles: 2) {
            let values = try SearchCatalog.r4.extract(
                resource.node, type: resource.type, id: resource.id,
                context: SearchContext(baseURL: "https://ward.test/fhir", now: 0))
            let kept = try FilterRecord.values(
                FilterRecord.encode(values), parameters: values.parameters, patient: values.patient)
            #expect(try Set(IndexTerms.terms(kept)) == Set(IndexTerms.terms(values)), "\(resource.type)/\(resource.id)")
            #expect(kept.sharedPatients == values.sharedPatients)
        }
    }

    @Test("Forms, parts and families are told apart")
    func fields() throws {
        var survey = IndexSurvey()
        for number in 0..<8 {
            let patient = "p\(number)"
            let terms = [
                IndexTerm(.population, "Patient", "family", .prefix, Array("a".utf8)),
                IndexTerm(.population, "Patient", "family", .prefix, Array("a\(number % 2)".utf8)),
                IndexTerm(.compartment, "Patient", "_type", .inCompartment, []),
                IndexTerm(.compartment, "Observation", "code", .code, Array("c".utf8)),
            ]
            survey.add(terms, patient: patient, partition: UInt8(number % 4))
        }
        let leaks = survey.leaks { _ in 4 }
        #expect(survey.records == 8)
        #expect(leaks.map(\.form).sorted() == ["code", "prefix-1", "prefix-2"])
        let two = try #require(leaks.first { $0.form == "prefix-2" })
        #expect(two.values == 2 && two.tokens == 4 && two.parts == 4 && two.occurrences == 8)
        let compartment = try #require(leaks.first { $0.family == "compartment" })
        #expect(compartment.parts == 8 && compartment.tokens == 8)
    }

    @Test("The list says of each parameter what it shows")
    func listing() throws {
        let types = FHIRDefinitions.r4.resourceTypes
        let listed = IndexPolicy.standard.listing(.r4, types: types)
        #expect(Set(listed.filter { $0.families.contains("population") }.map(\.parameter)) == IndexPolicy.standard.allowed
            .filter { code in types.contains { SearchCatalog.r4.parameters(for: $0)?[code]?.isSupported == true } })
        #expect(listed.allSatisfy { !$0.shows.isEmpty && !$0.resources.isEmpty })
    }
}
