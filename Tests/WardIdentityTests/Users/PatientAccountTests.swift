import Testing
import WardDatabase
import WardTesting
import WardVault

@testable import WardIdentity

@Suite("Patients' own accounts")
struct PatientAccountTests {
    private let house = House()
    private var users: UserDirectory { house.identity.users }

    private func invite(_ name: String = "pat", _ patient: String? = "p1") async throws {
        let made = try await users.invite(name: name, role: .patient, patient: patient, by: House.operatorCaller)
        _ = try await house.activate(made)
    }

    @Test("an account is bound to one patient, by invitation alone and for ever")
    func bound() async throws {
        try await invite()
        let caller = try await house.caller(house.signIn("pat"))
        #expect(caller.role == .patient && caller.patient?.text == "p1" && caller.isProven)
        let summary = try #require(try await users.list(by: House.operatorCaller).first)
        #expect(summary.patient == "p1" && summary.fhirUser == "Patient/p1")
        await #expect(throws: UserDirectoryError(.patientInvalid)) { try await invite("x", nil) }
        await #expect(throws: UserDirectoryError(.patientInvalid)) { try await invite("x", "not an id") }
        await #expect(throws: UserDirectoryError(.patientInvalid)) {
            try await users.invite(name: "x", role: .clinician, patient: "p1", by: House.operatorCaller)
        }
        await #expect(throws: UserDirectoryError(.roleNotAssignable)) { try await house.add("x", .patient) }
        await #expect(throws: UserDirectoryError(.roleNotAssignable)) {
            try await users.setRole(name: "pat", role: .clinician, by: House.operatorCaller)
        }
        try await house.add("ada")
        await #expect(throws: UserDirectoryError(.roleNotAssignable)) {
            try await users.setRole(name: "ada", role: .patient, by: House.operatorCaller)
        }
        await #expect(throws: UserDirectoryError(.patientInvalid)) {
            try await users.setFHIRUser(name: "pat", reference: "Patient/p2", by: House.operatorCaller)
        }
        #expect(try await house.caller(house.signIn("ada")).patient == nil)
    }

    @Test("an invitation that waits is renewed for the same patient alone")
    func renewed() async throws {
        _ = try await users.invite(name: "pat", role: .patient, patient: "p1", by: House.operatorCaller)
        _ = try await users.invite(name: "pat", role: .patient, patient: "p1", by: House.operatorCaller)
        await #expect(throws: UserDirectoryError(.nameTaken)) {
            try await users.invite(name: "pat", role: .patient, patient: "p2", by: House.operatorCaller)
        }
    }

    @Test("an app of a patient's gets that patient, whichever it asks for")
    func apps() async throws {
        try await invite()
        let server = house.identity.authorizationServer
        let client = try await server.clients.add(
            ClientRegistration(
                name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], launchURL: "https://app.example/launch",
                scopes: "launch launch/patient patient/*.rs"), by: House.operatorCaller)
        _ = try await server.clients.approve(client.id.text, by: House.operatorCaller)
        let caller = try await house.caller(house.signIn("pat"))
        let verifier = String(repeating: "v", count: 64)
        func ask(_ more: [String: String] = [:]) async throws -> AuthorizationRequest {
            try await server.request(TokenForm([
                "response_type": "code", "client_id": client.id.text, "redirect_uri": "https://app.example/cb",
                "scope": "launch/patient patient/*.rs", "state": "s", "aud": server.issuer + "/fhir",
                "code_challenge": PKCE.challenge(of: verifier), "code_challenge_method": "S256",
            ].merging(more) { $1 }))
        }
        for wish in [nil, "p1", "p2"] {
            let location = try await server.allow(try await ask(), patient: wish, handle: nil, by: caller)
            let code = try #require(location.split(separator: "code=").last?.split(separator: "&").first)
            let answer = try await server.token(
                TokenForm([
                    "grant_type": "authorization_code", "code": String(code), "client_id": client.id.text,
                    "redirect_uri": "https://app.example/cb", "code_verifier": verifier,
                ]), source: House.source)
            #expect(answer.patient == "p1")
            let app = try await server.authenticate(token: answer.accessToken, source: House.source)
            #expect(app.patient?.text == "p1" && app.authorization?.patient?.text == "p1" && app.role == .patient)
        }
        let other = try await server.launch(client: client.id.text, patient: "p2", by: caller)
        let handle = try #require(other.split(separator: "launch=").last.map(String.init))
        let asked = try await ask(["launch": handle, "scope": "launch patient/*.rs"])
        await #expect(throws: OAuthError.self, "a launch about somebody else") {
            try await server.allow(asked, patient: nil, handle: handle, by: caller)
        }
    }
}
