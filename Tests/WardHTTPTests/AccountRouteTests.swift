import Testing
import WardDatabase
import WardHTTP
import WardTesting
import WardVault

@testable import WardIdentity

/// Invitations by page, and the routes of people's own accounts.
@Suite struct AccountRouteTests {
    private static let form = [("Content-Type", "application/x-www-form-urlencoded")]
    private static let json = [("Content-Type", "application/json")]
    private static let password = "Correct-Horse-7"

    @Test func aLinkOpensAnAccountByPage() async throws {
        let house = House()
        let caller = LocalOperator.caller(osUser: "root")
        let invitation = try await house.identity.users.invite(name: "grace", role: .clinician, by: caller)
        try await LiveServer.run(house.services) { live async throws in
            let path = "/auth/activate?invitation=\(invitation.token)"
            let page = try await live.send("GET", path, token: nil)
            #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
            #expect(page["content-security-policy"]?.contains("style-src 'self'; form-action 'self'") == true)
            #expect(page.headers.count { $0.0 == "content-security-policy" } == 1)
            #expect(page["referrer-policy"] == "no-referrer" && page["cache-control"] == "no-store")
            #expect(page.body.contains("<svg role=\"img\"") && !page.body.contains("<script"))
            #expect(!page.body.contains(" style="))
            let view = try #require(page.body.firstMatch(of: /name="view" value="([^"]+)"/)).1
            let again = try await live.send("GET", path, token: nil)
            #expect(!again.body.contains(String(view)), "each view is another one")
            let secret = try #require(page.body.firstMatch(of: /secret=([A-Z2-7]+)/)).1
            let app = try #require(OneTimeCode(uri: "otpauth://totp/x?secret=\(secret)"))

            func submit(_ password: String, _ code: String, _ headers: [(String, String)] = []) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/activate", token: nil, headers: Self.form + headers,
                    body: Array("invitation=\(invitation.token)&view=\(view)&password=\(password)&repeat=\(password)&code=\(code)".utf8))
            }
            let weak = try await submit("Password1234!", app.current())
            #expect(weak.status == 422 && weak.body.contains("lists of common or breached passwords"))
            #expect(try await submit(Self.password, "000000").status == 422)
            #expect(try await submit(Self.password, app.current(), [("Origin", "https://evil.example")]).status == 403)
            #expect(try await submit(Self.password, app.current(), [("Sec-Fetch-Site", "cross-site")]).status == 403)
            let done = try await submit(Self.password, app.current(), [("Origin", live.address.url)])
            #expect(done.status == 200 && done.body.matches(of: /<li>[a-z1-9-]{19}<\/li>/).count == 10)
            #expect(try await submit(Self.password, app.current()).status == 404)
            #expect(try await live.send("GET", path, token: nil).status == 404)
        }
    }

    @Test func peopleChangeTheirOwnAccount() async throws {
        let house = House()
        let made = try await house.identity.users.add(
            name: "ada", role: .clinician, password: Self.password, by: LocalOperator.caller(osUser: "root"))
        let app = try #require(made.totpURI.flatMap { OneTimeCode(uri: $0) })
        let session = try await house.identity.signIn.signIn(
            name: "ada", password: Self.password, code: app.current(), source: "127.0.0.1")
        var services = house.services
        let identity = house.identity
        services.authenticate = { token, source in
            try? await identity.authenticator.authenticate(token: token, source: source)
        }
        try await LiveServer.run(services) { live async throws in
            func post(_ path: String, _ body: String, _ token: String = session.token) async throws -> Answer {
                try await live.send("POST", path, token: token, headers: Self.json, body: Array(body.utf8))
            }
            let listed = try await live.send("GET", "/auth/sessions", token: session.token)
            #expect(listed.status == 200 && listed.body.contains(#""factors":["password","totp"]"#))
            #expect(try await post("/auth/recovery-codes", #"{"code":"000000"}"#).status == 403)
            let wrong = try await post("/auth/password", #"{"current":"wrong","new":"Another-Horse-8"}"#)
            #expect(wrong.status == 403)
            let weak = try await post("/auth/password", #"{"current":"\#(Self.password)","new":"Password1234!"}"#)
            #expect(weak.status == 422 && weak.body.contains("lists of common or breached passwords"))
            let good = try await post("/auth/password", #"{"current":"\#(Self.password)","new":"Another-Horse-8"}"#)
            let token = try #require(good.body.firstMatch(of: /"token":"([^"]+)"/)).1
            #expect(try await live.send("GET", "/auth/sessions", token: session.token).status == 401)
            let sessions = try await live.send("GET", "/auth/sessions", token: String(token))
            let id = try #require(sessions.body.firstMatch(of: /"id":"([^"]+)"/)).1
            #expect(try await post("/auth/sessions/end", #"{"session":"nobody"}"#, String(token)).status == 404)
            #expect(try await post("/auth/sessions/end", #"{"session":"\#(id)"}"#, String(token)).status == 204)
            #expect(try await live.send("GET", "/auth/sessions", token: String(token)).status == 401)
        }
    }

    @Test func peopleChangeTheirFactorsByPage() async throws {
        let house = House()
        let made = try await house.identity.users.add(
            name: "ada", role: .clinician, password: Self.password, by: LocalOperator.caller(osUser: "root"))
        let app = try #require(made.totpURI.flatMap { OneTimeCode(uri: $0) })
        let session = try await house.identity.signIn.signIn(
            name: "ada", password: Self.password, code: app.current(), source: "127.0.0.1", channel: .browser)
        try await LiveServer.run(house.services) { live async throws in
            var cookie = "__Host-ward=" + session.token
            func page() async throws -> Answer { try await live.send("GET", "/auth/account", token: nil, headers: [("Cookie", cookie)]) }
            func submit(_ fields: String, formToken: String? = nil, _ headers: [(String, String)] = []) async throws -> Answer {
                let token = try await page().body.firstMatch(of: /name="form_token" value="([0-9a-f]{64})"/)?.1
                return try await live.send(
                    "POST", "/auth/account/change", token: nil, headers: Self.form + [("Cookie", cookie)] + headers,
                    body: Array("form_token=\(formToken ?? String(token ?? ""))&\(fields)".utf8))
            }
            let shown = try await page()
            for words in ["Change the password", "Set up another app", "Make new recovery codes", "Applications that act for you"] {
                #expect(shown.body.contains(words))
            }
            #expect(shown.body.contains("<p>There are none.</p>") && !shown.body.contains("&lt;p&gt;"))
            #expect(shown.body.contains("server.public_authority"), "a bare address has no passkeys, and the page says so")
            let offered = try await submit("action=add&client_data=e30&attestation=oA&label=x")
            #expect(offered.status == 422 && offered.body.contains("must be reached by a DNS name"))
            let labels = shown.body.matches(of: /<label for="([^"]+)"/).map { String($0.1) }
            #expect(labels.allSatisfy { shown.body.contains(" id=\"\($0)\"") } && Set(labels).count == labels.count)
            for action in ["password", "app-show", "app", "codes", "end-grant", "end-all"] {
                #expect(try await submit("action=\(action)", formToken: String(repeating: "0", count: 64)).status == 403, "\(action)")
                #expect(try await submit("action=\(action)", [("Sec-Fetch-Site", "cross-site")]).status == 403, "\(action)")
            }
            // Recovery codes, shown this once.
            let codes = try await submit("action=codes")
            #expect(codes.status == 200 && codes.body.matches(of: /<li>[a-z1-9-]{19}<\/li>/).count == 10)
            // Another app.
            let offer = try await submit("action=app-show")
            let uri = try #require(offer.body.firstMatch(of: /secret=([A-Z2-7]+)/)).1
            let view = try #require(offer.body.firstMatch(of: /name="view" value="([^"]+)"/)).1
            #expect(offer.body.contains("<svg role=\"img\"") && !offer.body.contains("<script"))
            let wrong = try await submit("action=app&view=\(view)&code=000000")
            #expect(wrong.status == 422 && wrong.body.contains("role=\"alert\"") && wrong.body.contains(String(uri)), "the same secret again")
            let code = try #require(OneTimeCode(uri: "otpauth://totp/x?secret=\(uri)")).current()
            #expect(try await submit("action=app&view=\(view)&code=\(code)").status == 303)
            #expect(try await house.users.find("name", "ada").first?.value.totpSecret == String(uri))
            // Another password: every session ends, and a new one begins, which is not fresh.
            func change(_ current: String, _ new: String, _ again: String) async throws -> Answer {
                try await submit("action=password&current=\(current)&new=\(new)&repeat=\(again)")
            }
            #expect(try await change(Self.password, "Another-Horse-8", "Another-Horse-9").body.contains("not the same"))
            #expect(try await change(Self.password, "Password1234!", "Password1234!").body.contains("lists of common or breached"))
            #expect(try await change("wrong", "Another-Horse-8", "Another-Horse-8").status == 422)
            let changed = try await change(Self.password, "Another-Horse-8", "Another-Horse-8")
            #expect(changed.status == 303)
            let fresh = try #require(changed["set-cookie"])
            #expect(fresh.hasPrefix("__Host-ward=wweb_") && fresh.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Strict"))
            #expect(try await page().status == 303, "the old cookie is worth nothing")
            cookie = String(try #require(fresh.split(separator: ";").first))
            let stale = try await page()
            #expect(stale.body.contains("the password was changed") && stale.body.contains("another authenticator app was set up"))
            #expect(!stale.body.contains("Change the password"), "first something is shown anew")
            #expect(try await change("Another-Horse-8", "Another-Horse-9", "Another-Horse-9").status == 403)
            #expect(try await submit("action=codes").status == 422)
            #expect(try await submit("action=app-show").status == 422)
            // All of it ends, here too.
            let left = try await submit("action=end-all")
            #expect(left.status == 200 && left["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await page().status == 303)
        }
    }

    @Test func aResetIsALink() async throws {
        let house = House()
        let caller = LocalOperator.caller(osUser: "root")
        let made = try await house.identity.users.add(name: "ada", role: .clinician, password: Self.password, by: caller)
        let app = try #require(made.totpURI.flatMap { OneTimeCode(uri: $0) })
        let link = try await house.identity.users.reset(name: "ada", by: caller)
        try await LiveServer.run(house.services) { live async throws in
            let page = try await live.send("GET", "/auth/activate?invitation=\(link.token)", token: nil)
            #expect(page.status == 200 && page.body.contains("Choose another password") && !page.body.contains("secret="))
            let done = try await live.send(
                "POST", "/auth/activate", token: nil, headers: Self.form,
                body: Array("invitation=\(link.token)&view=&password=Another-Horse-8&repeat=Another-Horse-8&code=\(app.current())".utf8))
            #expect(done.status == 200 && done.body.contains("second factor is the same as before"))
        }
    }

    @Test func theStyleSheetIsServed() async throws {
        try await LiveServer.run { live async throws in
            let style = try await live.send("GET", "/auth/style.css", token: nil)
            #expect(style.status == 200 && style["content-type"] == "text/css; charset=utf-8")
        }
    }
}
