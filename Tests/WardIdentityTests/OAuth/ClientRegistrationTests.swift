import Testing

@testable import WardIdentity

@Suite("Registration of applications")
struct ClientRegistrationTests {
    private func check(_ change: (inout ClientRegistration) -> Void) -> ClientError.Code? {
        var registration = ClientRegistration(
            name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "launch/patient patient/*.rs")
        change(&registration)
        do throws(ClientError) {
            _ = try registration.client(createdAt: 0, status: .pending)
            return nil
        } catch { return error.code }
    }

    @Test("what is well formed is taken, the rest is named")
    func forms() {
        let keys = ClientKey().keySet
        #expect(check { _ in } == nil)
        #expect(check { $0.keySet = keys } == nil)
        #expect(check { $0.name = "" } == .nameInvalid)
        for hidden in ["a\u{1B}[2Kb", "a\u{202E}b", "a\u{7}b", "a\tb", "a\u{2028}b", "a\u{200B}b"] {
            #expect(check { $0.name = hidden } == .nameInvalid)
        }
        #expect(check { $0.name = "Präxis 診療所 №1" } == nil)
        #expect(check { $0.redirectURIs = [] } == .redirectNeeded)
        #expect(check { $0.launchURL = "http://app.example" } == .launchInvalid)
        #expect(check { $0.scopes = "launch/patient" } == .scopesInvalid)
        #expect(check { $0.scopes = "patient/*.rs nonsense" } == .scopesInvalid)
        #expect(check { $0.scopes = "system/*.rs" } == .scopesInvalid)
        #expect(check { $0.keySet = Array("{}".utf8) } == .keysInvalid)
        #expect(check { $0.keySetURL = "http://app.example/keys" } == .keysInvalid)
        #expect(check { $0.keySet = keys; $0.keySetURL = "https://app.example/keys" } == .keysInvalid)
        let backend: (inout ClientRegistration) -> Void = { $0.kind = .backend; $0.redirectURIs = [] }
        #expect(check { backend(&$0); $0.scopes = "system/*.rs" } == .keysNeeded)
        #expect(check { backend(&$0); $0.scopes = "system/*.rs"; $0.keySet = keys } == nil)
        #expect(check { backend(&$0); $0.scopes = "user/*.rs"; $0.keySet = keys } == .scopesInvalid)
        #expect(check { backend(&$0); $0.scopes = "system/*.rs openid"; $0.keySet = keys } == .scopesInvalid)
        #expect(check { $0.kind = .backend; $0.scopes = "system/*.rs"; $0.keySet = keys } == .redirectNeeded)
    }

    @Test(
        "redirect addresses",
        arguments: [
            ("https://app.example/cb?x=1", true), ("http://127.0.0.1:8000/cb", true), ("http://localhost/cb", true),
            ("http://[::1]:9/cb", true), ("com.example.app:/cb", true), ("http://app.example/cb", false),
            ("http://localhost.evil.example/cb", false), ("http://127.0.0.1@evil.example/", false),
            ("https://user@app.example/cb", false), ("https://app.example/#x", false), ("https:///cb", false),
            ("javascript:alert(1)", false), ("data:text/html,x", false), ("https://app.example/ cb", false),
            ("https://*.example/cb", false), ("", false),
        ])
    func redirects(text: String, isGood: Bool) { #expect(RedirectURI.isAcceptable(text) == isGood) }

    @Test("what a ceiling covers")
    func ceilings() throws {
        let ceiling = try #require(GrantedScopes("patient/*.rs user/Observation.cruds openid"))
        let wanted = try #require(
            GrantedScopes(
                """
                patient/Patient.read patient/*.write patient/Observation.rs?category=x user/Observation.* user/*.rs openid \
                fhirUser patient/Patient.read
                """))
        #expect(
            wanted.within(ceiling).names == [
                "patient/Patient.read", "patient/Observation.rs?category=x", "user/Observation.*", "openid",
            ])
        let narrow = try #require(GrantedScopes("patient/Observation.rs?category=x"))
        #expect(try #require(GrantedScopes("patient/Observation.rs")).within(narrow).names == [])
        #expect(try #require(GrantedScopes("patient/Observation.r?category=x&status=y")).within(narrow).names.count == 1)
        #expect(GrantedScopes(String(repeating: "a ", count: 3_000)) == nil)
    }
}
