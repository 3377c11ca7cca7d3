import Testing
import WardFHIR

@testable import WardSearch

/// Policies hold records to one patient by searching for them: each parameter of the compartment must be understood.
@Suite("Parameters of the patient compartment")
struct CompartmentParameterTests {
    @Test("each is a search that is understood")
    func understood() throws {
        let compartment = try #require(FHIRDefinitions.r4.compartment("Patient"))
        var checked = 0
        for (type, parameters) in compartment.parameters {
            for parameter in parameters where !parameter.hasPrefix("{") {
                checked += 1
                #expect(throws: Never.self, "\(type).\(parameter)") {
                    try SearchQuery.parse(
                        type: type, parameters: [(parameter, "Patient/1")], handling: .strict, catalog: .r4,
                        context: SearchContext(baseURL: nil, now: 0))
                }
            }
        }
        #expect(checked >= 100)
        #expect(throws: Never.self) {
            try SearchQuery.parse(
                type: "Patient", parameters: [("_id", "1")], handling: .strict, catalog: .r4,
                context: SearchContext(baseURL: nil, now: 0))
        }
    }
}
