import Testing
import WardFHIR
import WardVault
@testable import WardSearch

@Suite("The list of what is indexed")
struct IndexPolicyTests {
    private let types = FHIRDefinitions.r4.resourceTypes

    private func configured(_ changes: String) throws -> IndexPolicy {
        try IndexPolicy.configured(changes, catalog: .r4, types: types)
    }

    @Test("An epoch keeps its list word for word")
    func text() throws {
        for changes in ["", "-address-city,+Patient.address", "-Observation.date name:contains, Patient.address:contains"] {
            let policy = try configured(changes)
            #expect(IndexPolicy.of(policy.text) == policy, "\(changes)")
        }
        #expect(IndexPolicy.of(nil) == .first)
        for text in ["", "2 a", "1 a ?b"] { #expect(IndexPolicy.of(text) == nil) }
    }

    @Test("What must not be on the list, or is no parameter, is refused by its word")
    func refusals() throws {
        for word in ["+gender", "+Patient.gender", "+nothing", "+Nothing.code", "family", "birthdate:contains", "+_id"] {
            #expect(throws: IndexPolicyError.self, "\(word)") { try configured("-address-city \(word)") }
        }
        do {
            _ = try configured("-address-city,+gender")
        } catch let error as IndexPolicyError {
            #expect(error.word == "+gender")
        }
    }

    @Test("A change for one type leaves the others")
    func oneType() throws {
        let policy = try configured("-Observation.date,+Patient.address")
        func isIndexed(_ type: String, _ code: String) throws -> Bool {
            let parameters = try #require(SearchCatalog.r4.parameters(for: type))
            return policy.places(parameters)[Int(try #require(parameters[code]).number)].contains(.population)
        }
        #expect(try !isIndexed("Observation", "date") && isIndexed("Encounter", "date"))
        #expect(try isIndexed("Patient", "address") && !isIndexed("Location", "address"))
    }

    @Test("A plan asks only for terms that every epoch has")
    func plans() throws {
        let (old, new) = (IndexPolicy.first, try configured("-family,+Patient.address,name:contains"))
        func plan(_ name: String, _ value: String, _ policies: [IndexPolicy]) throws -> TokenPlan {
            let query = try SearchQuery.parse(
                type: "Patient", parameters: [(name, value)], handling: .strict, catalog: .r4, context: Sample.context)
            return TokenPlan.make(query, patientResolvable: false, policies: policies)
        }
        for (name, value) in [("family", "smi"), ("address", "bost"), ("name:contains", "mith")] {
            #expect(try plan(name, value, [old, new]).isScan, "\(name)")
        }
        #expect(try !plan("address", "bost", [new]).isScan && !plan("family", "smi", [old]).isScan)
        #expect(try !plan("birthdate", "1970", [old, new]).isScan)
        let contains = try plan("name:contains", "mithé", [new])
        #expect(contains.groups.map { $0.map(\.value) } == [[Array("mit".utf8)], [Array("the".utf8)]])
        #expect(try plan("name:contains", "mi", [new]).isScan, "fewer than three letters have no trigram")
    }

    @Test("What contains a text carries its trigrams")
    func trigrams() throws {
        let policy = try configured("name:contains")
        let patient = try JSONDocument(parsing: Array(#"{"resourceType":"Patient","name":[{"family":"Schmidt"}]}"#.utf8)).root
        let values = try SearchCatalog.r4.extract(patient, type: "Patient", id: "p", context: Sample.context)
        let terms = try IndexTerms.terms(values, policy: policy).filter { $0.kind == TermKind.trigram.rawValue }
        #expect(terms.map { String(decoding: $0.value, as: UTF8.self) } == ["sch", "chm", "hmi", "mid", "idt"])
        #expect(Set(terms.map(\.parameter)) == ["name"])
    }
}
