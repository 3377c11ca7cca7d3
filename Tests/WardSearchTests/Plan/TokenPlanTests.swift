import Testing
import WardVault
@testable import WardSearch

@Suite("Plans")
struct TokenPlanTests {
    private func plan(_ type: String, _ parameters: (String, String)..., resolvable: Bool = true) throws -> TokenPlan {
        let query = try SearchQuery.parse(
            type: type, parameters: parameters, handling: .strict, catalog: .r4, context: Sample.context)
        return TokenPlan.make(query, patientResolvable: resolvable)
    }

    @Test("A patient's codes are asked under the patient's key")
    func compartment() throws {
        let plan = try plan("Observation", ("patient", "p"), ("code", "http://loinc.org|8302-2"), ("category", "laboratory"))
        #expect(plan.patient == "p" && plan.groups.count == 1)
        let own = plan.groups[0].filter { $0.family == .compartment }
        #expect(own.map(\.parameter) == ["code"] && own[0].kind == TermKind.systemAndCode.rawValue)
        // The one population term finds what the patient shares with others.
        #expect(plan.groups[0].filter { $0.family == .population }.map(\.parameter) == [IndexTerms.sharedParameter])
    }

    @Test("Without codes, the compartment itself is asked; without a key, only what is shared")
    func compartmentAlone() throws {
        let plan = try plan("Observation", ("subject", "Patient/p"), ("date", "ge2020"), ("status", "final"))
        #expect(plan.groups.first?.first?.parameter == IndexTerms.typeParameter)
        let unknown = try self.plan("Observation", ("patient", "p"), resolvable: false)
        #expect(unknown.patient == nil && unknown.groups.map(\.count) == [1])
    }

    @Test("A range on a single-valued date is one group; broad groups give way to selective ones")
    func ranges() throws {
        let range = try plan("Observation", ("date", "ge2013-01-01"), ("date", "lt2013-04-01"))
        // One quarter, and the mark of wider values, which may enclose it.
        #expect(range.groups.map(\.count) == [2])
        let day = try plan("Observation", ("date", "2013-01-14"))
        #expect(day.groups.map(\.count) == [1])
        let both = try plan("Patient", ("birthdate", "ge1950"), ("identifier", "urn:x|1"), ("family", "smi"))
        #expect(both.groups.first?.first?.parameter == "identifier" && both.groups.count <= 3)
        let narrow = try plan("Observation", ("encounter", "Encounter/1"), ("date", "ge2000"))
        #expect(narrow.groups.map { $0[0].parameter } == ["encounter"])
    }

    @Test("Ids are read by key; what has no terms is a scan")
    func others() throws {
        let byID = try plan("Patient", ("_id", "a,b"), ("_id", "b,c"))
        #expect(byID.ids == ["b"] && !byID.isScan)
        for (name, value) in [("gender", "male"), ("name:contains", "x"), ("identifier", "urn:x|"), ("family:missing", "true"),
            ("birthdate", "ne2000"), ("identifier:not", "1"), ("name", "a,"), ("active", "true")] where value != "a," {
            #expect(try plan("Patient", (name, value)).isScan, "\(name)")
        }
        #expect(try plan("Patient").isScan)
    }

    @Test("Parameters with few values never stand alone in the index")
    func policy() {
        for code in IndexPolicy.neverAlone {
            #expect(!IndexPolicy.standard.allowed.contains(code) && IndexPolicy.compartmentRank(code) == nil, "\(code)")
        }
    }
}
