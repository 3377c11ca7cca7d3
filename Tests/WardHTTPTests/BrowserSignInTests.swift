import Testing
import WardDatabase
import WardHTTP
import WardTesting
import WardVault

@testable import WardIdentity

/// Signing in with a browser, and the page that asks for consent.
@Suite struct BrowserSignInTests {
    private static let form = [("Content-Type", "application/x-www-form-urlencoded")]
    private static let password = "Correct-Horse-7"

    private func house() async throws -> (House, OneTimeCode) {
        let house = House()
        let made = try await house.identity.users.add(
            name: "ada", role: .clinician, password: Self.password, by: LocalOperator.caller(osUser: "root"))
        return (house, try #require(made.totpURI.flatMap { OneTimeCode(uri: $0) }))
    }

    @Test func aBrowserGetsACookieThatOnlyItsPagesTake() async throws {
        let (house, app) = try await house()
        let identity = house.identity
        try await LiveServer.run(house.services) { live async throws in
            func submit(_ code: String, _ next: String, _ headers: [(String, String)] = []) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/sign-in", token: nil, headers: Self.form + headers,
                    body: Array("name=ada&password=\(Self.password)&code=\(code)&continue=\(next)".utf8))
            }
            let page = try await live.send("GET", "/auth/sign-in", token: nil)
            #expect(page.status == 200 && page.body.contains("autocomplete=\"current-password\""))
            let wrong = try await submit("000000", "")
            #expect(wrong.status == 401 && wrong["set-cookie"]?.contains("__Host-ward=") != true && wrong.body.contains("role=\"alert\""))
            #expect(try await submit(app.current(), "", [("Origin", "https://evil.example")]).status == 403)
            let done = try await submit(app.current(), "https://evil.example/")
            #expect(done.status == 200 && done["location"] == nil)
            let cookie = try #require(done["set-cookie"])
            #expect(cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Strict") && cookie.hasPrefix("__Host-ward=wweb_"))
            let token = String(try #require(cookie.split(separator: ";").first?.split(separator: "=").last))
            #expect(!SessionChannel.bearer.carries(token) && SessionChannel.browser.carries(token))
            _ = try await identity.authenticator.authenticate(token: token, source: "127.0.0.1")
        }
    }

    @Test func aSecondSignInOfABrowserEndsTheFirst() async throws {
        let (house, app) = try await house()
        let identity = house.identity
        var services = house.services
        services.signOut = { try await identity.signIn.signOut($0) }
        try await LiveServer.run(services) { live async throws in
            func signIn(_ code: String, _ cookies: String) async throws -> [String: String] {
                let answer = try await live.send(
                    "POST", "/auth/sign-in", token: nil, headers: Self.form + [("Cookie", cookies)],
                    body: Array("name=ada&password=\(Self.password)&code=\(code)".utf8))
                #expect(answer.status == 200)
                let pairs = answer.headers.filter { $0.0 == "set-cookie" }.compactMap { $0.1.split(separator: ";").first }
                return Dictionary(
                    uniqueKeysWithValues: pairs.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.map { ($0[0], $0[1]) })
            }
            let first = try await signIn(app.current(), "x=y")
            let (token, device) = (try #require(first["__Host-ward"]), try #require(first["__Host-ward-device"]))
            _ = try await identity.authenticator.authenticate(token: token, source: "127.0.0.1")
            #expect(device.utf8.count == 64)
            let later = try await self.later(house)
            let second = try await signIn(later, "__Host-ward=\(token); __Host-ward-device=\(device)")
            #expect(second["__Host-ward-device"] == device, "it is known again")
            await #expect(throws: AuthenticationError(.notAuthenticated)) {
                try await identity.authenticator.authenticate(token: token, source: "127.0.0.1")
            }
            _ = try await identity.authenticator.authenticate(token: try #require(second["__Host-ward"]), source: "127.0.0.1")
        }
    }

    /// The code after the one of now.
    private func later(_ house: House) async throws -> String {
        let user = try #require(try await house.users.find("name", "ada").first)
        let secret = try #require(Base32.decode(user.value.totpSecret))
        return TOTP(secret: secret).code(at: TOTP.step(at: SystemWallClock().now()) + 1)
    }

    @Test func theMetadataSaysWhatIsDoneAndNoMore() async throws {
        try await LiveServer.run { live async throws in
            for path in ["/.well-known/oauth-authorization-server", "/fhir/.well-known/smart-configuration"] {
                let body = try await live.send("GET", path, token: nil).body
                for text in [
                    #""introspection_endpoint_auth_signing_alg_values_supported":["RS384","ES384"]"#,
                    #""revocation_endpoint_auth_signing_alg_values_supported":["RS384","ES384"]"#,
                    #""revocation_endpoint_auth_methods_supported":["private_key_jwt","none"]"#,
                    #""request_parameter_supported":false"#, #""request_uri_parameter_supported":false"#,
                    #""claims_parameter_supported":false"#, #""response_modes_supported":["query"]"#,
                ] { #expect(body.contains(text), "\(path): \(text)") }
                #expect(!body.contains("sso-openid-connect"))
            }
            #expect(try await live.send("GET", "/.well-known/openid-configuration", token: nil).status == 404)
        }
    }

    @Test func anAppSaysHowThePersonIsAsked() async throws {
        let (house, app) = try await house()
        let register = house.identity.authorizationServer.clients
        let caller = LocalOperator.caller(osUser: "root")
        let client = try await register.add(
            ClientRegistration(name: "app", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs"), by: caller)
        _ = try await register.approve(client.id.text, by: caller)
        try await LiveServer.run(house.services) { live async throws in
            let query = [
                "response_type=code", "client_id=\(client.id.text)", "redirect_uri=https%3A%2F%2Fapp.example%2Fcb", "state=s",
                "scope=user%2FPatient.rs", "aud=\(live.address.url)/fhir", "code_challenge_method=S256",
                "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ].joined(separator: "&")
            func ask(_ more: String, _ cookie: String = "x=y") async throws -> Answer {
                try await live.send("GET", "/auth/authorize?\(query)&\(more)", token: nil, headers: [("Cookie", cookie)])
            }
            #expect(try await ask("prompt=none")["location"]?.contains("error=login_required") == true)
            #expect(try await ask("request=x")["location"]?.contains("error=request_not_supported") == true)
            let signedIn = try await live.send(
                "POST", "/auth/sign-in", token: nil, headers: Self.form,
                body: Array("name=ada&password=\(Self.password)&code=\(app.current())".utf8))
            let cookie = String(try #require(signedIn["set-cookie"]?.split(separator: ";").first))
            #expect(try await ask("max_age=3600", cookie).status == 200)
            #expect(try await ask("prompt=none", cookie)["location"]?.contains("error=consent_required") == true)
            let again = try await ask("prompt=login", cookie)
            #expect(again.status == 303 && again["location"]?.hasPrefix("/auth/sign-in?continue=") == true)
            #expect(again["location"]?.contains("prompt") == false, "once is enough")
        }
    }

    @Test func thePageThatPeopleGoOnToIsOurs() async throws {
        let (house, _) = try await house()
        try await LiveServer.run(house.services) { live async throws in
            for next in ["https://evil.example/", "//evil.example/", "/fhir/Patient", "/auth/authorize", "/auth/authorize?a\\b"] {
                let page = try await live.send("GET", "/auth/sign-in?continue=\(next)", token: nil)
                #expect(page.status == 400 || page.body.contains("name=\"continue\" value=\"\""), "\(next)")
            }
            let good = try await live.send("GET", "/auth/sign-in?continue=%2Fauth%2Fauthorize%3Fa%3D%22%3E", token: nil)
            #expect(good.body.contains("value=\"/auth/authorize?a=&quot;&gt;\""), "what goes into a page is escaped")
        }
    }

    @Test func consentIsAskedOfWhoIsThere() async throws {
        let (house, app) = try await house()
        let identity = house.identity
        var services = house.services
        services.signOut = { try await identity.signIn.signOut($0) }
        let register = house.identity.authorizationServer.clients
        let caller = LocalOperator.caller(osUser: "root")
        let client = try await register.add(
            ClientRegistration(
                name: "<b>app</b>", kind: .app, redirectURIs: ["https://app.example/cb"], scopes: "user/Patient.rs openid"),
            by: caller)
        _ = try await register.approve(client.id.text, by: caller)
        try await LiveServer.run(services) { live async throws in
            let base = live.address.url
            let query = [
                "response_type=code", "client_id=\(client.id.text)", "redirect_uri=https%3A%2F%2Fapp.example%2Fcb", "state=s",
                "scope=user%2FPatient.rs", "aud=\(base)/fhir", "code_challenge_method=S256",
                "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ].joined(separator: "&")
            let first = try await live.send("GET", "/auth/authorize?\(query)", token: nil)
            #expect(first.status == 303 && first["location"]?.hasPrefix("/auth/sign-in?continue=%2Fauth%2Fauthorize%3F") == true)
            let signedIn = try await live.send(
                "POST", "/auth/sign-in", token: nil, headers: Self.form,
                body: Array("name=ada&password=\(Self.password)&code=\(app.current())".utf8))
            let cookie = String(try #require(signedIn["set-cookie"]?.split(separator: ";").first))
            let page = try await live.send("GET", "/auth/authorize?\(query)", token: nil, headers: [("Cookie", cookie)])
            #expect(page.status == 200 && page.body.contains("Allow &lt;b&gt;app&lt;/b&gt;?") && !page.body.contains("<b>app"))
            #expect(page.body.contains("read, search records of type Patient that you may reach"))
            let formToken = try #require(page.body.firstMatch(of: /name="form_token" value="([0-9a-f]{64})"/)).1
            let encoded = query.replacing("%", with: "%25").replacing("&", with: "%26").replacing("=", with: "%3D")
            func answer(_ token: String) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/authorize", token: nil, headers: Self.form + [("Cookie", cookie)],
                    body: Array("request=\(encoded)&form_token=\(token)&decision=allow".utf8))
            }
            #expect(try await answer(String(repeating: "0", count: 64)).status == 403)
            let allowed = try await answer(String(formToken))
            #expect(allowed.status == 303)
            let location = try #require(allowed["location"])
            func leave(_ token: String) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/leave", token: nil, headers: Self.form + [("Cookie", cookie)],
                    body: Array("form_token=\(token)".utf8))
            }
            #expect(try await leave("x").status == 403)
            let left = try await leave(String(formToken))
            #expect(left.status == 200 && left["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await live.send("GET", "/auth/authorize?\(query)", token: nil, headers: [("Cookie", cookie)]).status == 303)
            #expect(location.hasPrefix("https://app.example/cb?code=") && location.contains("&state=s&iss=https%3A%2F%2F"))
        }
    }
}
