import Testing
import WardHTTP

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
            let secret = try #require(page.body.firstMatch(of: /secret=([A-Z2-7]+)/)).1
            let code = try #require(OneTimeCode(uri: "otpauth://totp/x?secret=\(secret)")).current()

            func submit(_ password: String, _ code: String, _ headers: [(String, String)] = []) async throws -> Answer {
                try await live.send(
                    "POST", "/auth/activate", token: nil, headers: Self.form + headers,
                    body: Array("invitation=\(invitation.token)&password=\(password)&repeat=\(password)&code=\(code)".utf8))
            }
            let weak = try await submit("Password1234!", code)
            #expect(weak.status == 422 && weak.body.contains("lists of common or breached passwords"))
            #expect(try await submit(Self.password, "000000").status == 422)
            #expect(try await submit(Self.password, code, [("Origin", "https://evil.example")]).status == 403)
            #expect(try await submit(Self.password, code, [("Sec-Fetch-Site", "cross-site")]).status == 403)
            let done = try await submit(Self.password, code, [("Origin", live.address.url)])
            #expect(done.status == 200 && done.body.matches(of: /<li>[a-z1-9-]{19}<\/li>/).count == 10)
            #expect(try await submit(Self.password, code).status == 404)
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

    @Test func theStyleSheetIsServed() async throws {
        try await LiveServer.run { live async throws in
            let style = try await live.send("GET", "/auth/style.css", token: nil)
            #expect(style.status == 200 && style["content-type"] == "text/css; charset=utf-8")
        }
    }
}
