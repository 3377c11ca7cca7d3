import Testing
import WardDatabase
import WardTesting
import WardVault

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
            ("https://*.example/cb", false), ("", false), ("https://app.example;script-src/cb", false),
            ("https://app.example,evil.example/cb", false), ("https://app.example'self'/cb", false),
            ("http://localhost:1;default-src/cb", false), ("https://app.example/cb;v=1", true), ("https://[2001:db8::1]:8443/cb", true),
        ])
    func redirects(text: String, isGood: Bool) { #expect(RedirectURI.isAcceptable(text) == isGood) }

    @Test("what was registered before the rule is no source of a policy either")
    func origins() {
        #expect(RedirectURI.origin("https://app.example:8443/cb;x?y") == "https://app.example:8443")
        #expect(RedirectURI.origin("https://app.example;script-src/cb") == nil)
    }

    @Test("what asks by itself waits for a week, then it is gone; one network cannot take all the places")
    func pending() async throws {
        let house = House()
        let server = house.identity.authorizationServer
        func propose(_ source: String) async throws -> ClientSummary {
            try await server.register(
                ClientRegistration(name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs"),
                source: source)
        }
        var made: [ClientSummary] = []
        for number in 0..<(ClientRegister.maximumPendingOfNetwork + 3) {
            // Addresses of one network, each of which is free to ask.
            if let one = try? await propose("192.0.2.\(number)") { made.append(one) }
        }
        #expect(made.count == ClientRegister.maximumPendingOfNetwork)
        for network in 0..<10 { for address in 0..<20 { _ = try? await propose("198.51.\(network).\(address)") } }
        #expect(try await house.oauth.clients.all(limit: 1_000).count == ClientRegister.maximumPending)
        await #expect(throws: OAuthError.self) { try await propose("203.0.113.1") }
        house.clock.advance(by: .seconds(7 * 86_400))
        await #expect(throws: ClientError(.notFound), "too late") {
            try await server.clients.approve(made[0].id.text, by: House.operatorCaller)
        }
        #expect(try await server.clients.list(by: House.operatorCaller).isEmpty)
        _ = try await propose("203.0.113.1")
        #expect(try await house.oauth.clients.all(limit: 1_000).count == 1)
        #expect(house.facts.contains(.client(.changed(client: made[0].id, .expired))))
        // What an administrator registers waits for as long as it takes.
        let own = try await server.clients.add(
            ClientRegistration(name: "own", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs"),
            by: House.operatorCaller)
        house.clock.advance(by: .seconds(30 * 86_400))
        _ = try await server.clients.approve(own.id.text, by: House.operatorCaller)
    }

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
