import Testing
import WardFHIR

@testable import WardIdentity

/// `POST /auth/register`. Source: RFC 7591 §3.2.
@Suite struct RegistrationRouteTests {
    private static let asked = [
        "client_name": #""growth""#, "redirect_uris": #"["https://app.example/cb"]"#, "scope": #""patient/*.rs openid""#,
        "initiate_login_uri": #""https://app.example/launch""#, "grant_types": #"["authorization_code"]"#, "contacts": #"["a@b.example"]"#,
    ]

    private static func body(_ more: [String: String] = [:]) -> [UInt8] {
        let members = asked.merging(more) { $1 }.map { #""\#($0)":\#($1)"# }.sorted()
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    private static func register(_ live: LiveServer, _ more: [String: String] = [:]) async throws -> Answer {
        try await live.send("POST", "/auth/register", token: nil, headers: [("Content-Type", "application/json")], body: body(more))
    }

    @Test func theAnswerHoldsAllThatWasRegistered() async throws {
        try await LiveServer.run(House().services) { live async throws in
            let answer = try await Self.register(live)
            let made = try JSONDocument(parsing: Array(answer.body.utf8)).root
            #expect(answer.status == 201 && made["client_id"]?.string?.isEmpty == false && made["status"]?.string == "pending")
            for (name, value) in [
                ("client_name", "growth"), ("scope", "patient/*.rs openid"), ("initiate_login_uri", "https://app.example/launch"),
                ("token_endpoint_auth_method", "none"),
            ] { #expect(made[name]?.string == value, "\(name)") }
            for (name, values) in [
                ("redirect_uris", ["https://app.example/cb"]), ("grant_types", ["authorization_code", "refresh_token"]), ("response_types", ["code"]),
            ] { #expect(made[name]?.elements.compactMap(\.string) == values, "\(name)") }
            #expect(made["tls_client_certificate_bound_access_tokens"]?.bool == false && made["client_id_issued_at"] != nil)
            #expect(made["contacts"] == nil, "it is not kept")
            let remote = try await Self.register(live, [
                "jwks_uri": #""https://app.example/keys""#, "token_endpoint_auth_method": #""private_key_jwt""#,
            ])
            #expect(remote.status == 201 && remote.body.contains(#""jwks_uri":"https://app.example/keys""#))
            #expect(remote.body.contains(#""token_endpoint_auth_method":"private_key_jwt""#))
        }
    }

    @Test(arguments: [
        ("redirect_uris", #"[5,"https://app.example/cb"]"#, "invalid_redirect_uri"),
        ("redirect_uris", #""https://app.example/cb""#, "invalid_redirect_uri"),
        ("redirect_uris", #"["javascript:alert(1)"]"#, "invalid_redirect_uri"), ("client_name", "7", "invalid_client_metadata"),
        ("scope", #"["patient/*.rs"]"#, "invalid_client_metadata"), ("grant_types", #"["implicit"]"#, "invalid_client_metadata"),
        ("grant_types", #"["authorization_code",1]"#, "invalid_client_metadata"), ("response_types", #"["token"]"#, "invalid_client_metadata"),
        ("jwks", #""x""#, "invalid_client_metadata"), ("token_endpoint_auth_method", #""private_key_jwt""#, "invalid_client_metadata"),
        ("tls_client_certificate_bound_access_tokens", #""yes""#, "invalid_client_metadata"),
        ("token_endpoint_auth_method", #""client_secret_basic""#, "invalid_client_metadata"),
    ])
    func whatIsNotOfItsFormIsRefused(member: String, value: String, error: String) async throws {
        try await LiveServer.run(House().services) { live async throws in
            let answer = try await Self.register(live, [member: value])
            #expect(answer.status == 400 && answer.body.contains(#""error":"\#(error)""#), "\(member): \(answer.body)")
        }
    }

    @Test func whoAsksTooOftenIsToldWhenToAskAgain() async throws {
        try await LiveServer.run(House().services) { live async throws in
            var last = try await Self.register(live)
            // Ten at once, and one more each minute.
            for _ in 0..<60 where last.status == 201 { last = try await Self.register(live) }
            #expect(last.status == 429 && (last["retry-after"].flatMap(Int.init) ?? 0) > 0, "\(last.status) \(last.body)")
        }
    }
}
