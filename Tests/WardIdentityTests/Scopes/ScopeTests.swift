import Testing

@testable import WardIdentity

@Suite("SMART App Launch 2.2 scopes")
struct ScopeTests {
    @Test(
        "what is written is read, and written again",
        arguments: [
            "patient/Observation.rs", "user/*.cruds", "system/*.cu", "user/Patient.d", "user/MedicationRequest.c",
            "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
            "user/Observation.s?category=laboratory&status=final", "user/Observation.s?code:in=http://x/y",
        ])
    func roundTrip(text: String) throws {
        #expect(try #require(Scope(text)).description == text)
    }

    @Test("parts")
    func parts() throws {
        let scope = try #require(Scope("patient/Observation.rs?category=a%26b&note=c%20d"))
        #expect(scope.context == .patient)
        #expect(scope.type == "Observation")
        #expect(scope.rights == [.read, .search])
        #expect(
            scope.constraints == [.init(parameter: "category", value: "a&b"), .init(parameter: "note", value: "c d")])
        #expect(Scope(scope.description) == scope)
        #expect(try #require(Scope("user/*.r")).type == nil)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "user", "user/", "user/Patient", "user/Patient.", "user/Patient.read", "user/Patient.*",
            "user/Patient.sr",
            "user/Patient.rr", "user/Patient.rx", "user/patient.r", "user/Pat*.r", "User/Patient.r",
            "admin/Patient.r",
            "user/Patient.r?", "user/Patient.r?category", "user/Patient.r?category=", "user/Patient.r?=x",
            "user/Patient.r?a=%zz",
            "user/Patient.r?a=%ff", "user/Patient.r?a=b&", "user/Patient/x.r", "user/Patient.r.s", "openid",
            "launch/patient",
            " user/Patient.r", "user/Patient.r ", "user/\u{0415}ncounter.r",
        ])
    func refused(text: String) {
        #expect(Scope(text) == nil)
    }

    @Test("the log has how many constraints a scope has, and neither their names nor their values")
    func shapes() {
        let scopes = "patient/Observation.rs?john-smith=x&category=y patient/Patient.read openid"
        #expect(ScopeShapes.text(scopes) == "patient/Observation.rs?2 patient/Patient.read openid")
    }
}
