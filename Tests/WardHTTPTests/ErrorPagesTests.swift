import Testing

@testable import WardHTTP
@testable import WardIdentity

/// What people at a browser are told when something goes wrong, and programs.
@Suite struct ErrorPagesTests {
    private static let browser = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")

    @Test func peopleGetPagesAndProgramsGetData() async throws {
        try await LiveServer.run(House().services) { live async throws in
            for (method, path, status) in [("GET", "/auth/nothing", 404), ("DELETE", "/auth/account", 405), ("POST", "/auth/leave", 415)] {
                let page = try await live.send(method, path, token: nil, headers: [Self.browser])
                #expect(page.status == status && page["content-type"] == "text/html; charset=utf-8", "\(path)")
                let request = try #require(page["x-request-id"])
                #expect(page.body.contains("<h1>") && page.body.contains(request))
                #expect(page["content-security-policy"]?.contains("form-action 'self'") == true)
                let data = try await live.send(method, path, token: nil)
                #expect(data.status == status && data["content-type"]?.hasPrefix("application/json") == true && data.body.hasPrefix("{"), "\(path)")
                #expect(data["allow"] == page["allow"])
            }
            let record = try await live.send("GET", "/fhir/Nothing/1/2/3/4/5", token: nil, headers: [Self.browser])
            #expect(record["content-type"]?.hasPrefix("application/fhir+json") == true)
        }
    }

    @Test func aPageSaysWhenToTryAgain() async throws {
        var services = House().services
        services.browserSignIn = { form, _ in
            throw SignInError(form.name == "busy" ? .busy(retryAfterSeconds: 3) : .throttled(retryAfterSeconds: 9))
        }
        try await LiveServer.run(services) { live async throws in
            for (name, seconds) in [("often", "9"), ("busy", "3")] {
                let answer = try await live.send(
                    "POST", "/auth/sign-in", token: nil, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                    body: Array("name=\(name)&password=x&code=1".utf8))
                #expect(answer.status == 429 && answer["retry-after"] == seconds && answer.body.contains("too many attempts"))
            }
        }
    }

    @Test func atABareAddressPasskeysAreRefusedInWords() async throws {
        try await LiveServer.run(House().services) { live async throws in
            let answer = try await live.send(
                "POST", "/auth/sign-in", token: nil, headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array("credential=AAAA&client_data=e30&authenticator_data=AAAA&signature=AAAA".utf8))
            #expect(answer.status == 401 && answer.body.contains("server.public_authority"), "\(answer.status)")
            #expect(!answer.body.contains("Sign in with a passkey"))
        }
    }
}
