import Foundation
import Testing
import WardDatabase
import WardTesting

@testable import WardIdentity

/// The examples of RFC 7523 as they are printed there: what of them is taken here, and by which name the rest is refused.
@Suite("RFC 7523: assertions as client authentication")
struct RFC7523Tests {
    private let house = House()
    private var server: AuthorizationServer { house.identity.authorizationServer }

    /// §4: the header and the claims of the example. The document leaves the signature out.
    private static let header = #"{"alg":"ES256","kid":"16"}"#
    private static let claims = """
        {"iss":"https://jwt-idp.example.com","sub":"mailto:mike@example.com","aud":"https://jwt-rp.example.net",\
        "nbf":1300815780,"exp":1300819380,"http://claims.example.com/member":true}
        """
    /// §2.1 and §2.2: the first part of both assertions, and what the second begins with.
    private static let printed = (header: "eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0", payload: "eyJpc3Mi")

    private func refusal(_ fields: [String: String]) async -> OAuthError? {
        do throws(OAuthError) {
            _ = try await server.token(TokenForm(fields), source: House.source)
            return nil
        } catch {
            return error
        }
    }

    private func register(_ key: ClientKey) async throws -> String {
        let made = try await server.clients.add(
            ClientRegistration(name: "loader", kind: .backend, scopes: "system/Patient.rs", keySet: key.keySet),
            by: House.operatorCaller)
        _ = try await server.clients.approve(made.id.text, by: House.operatorCaller)
        return made.id.text
    }

    @Test("the example's header and claims are written as the document prints them")
    func encoding() throws {
        #expect(Base64URL.encode(Self.header.utf8) == Self.printed.header)
        let payload = Array(Self.claims.utf8)
        #expect(Base64URL.encode(payload).hasPrefix(Self.printed.payload))
        let token = try SignedToken("\(Self.printed.header).\(Base64URL.encode(payload)).\(Base64URL.encode([1, 2, 3]))")
        #expect(token.keyID == "16" && token.claimedIssuer == "https://jwt-idp.example.com")
        let read = try TokenClaims(payload)
        #expect(try read.seconds("nbf") == 1_300_815_780 && read.audiences == ["https://jwt-rp.example.net"])
        #expect(try read.checkTimes(now: 1_300_816_000_000_000, lifetime: 3_600) == 1_300_819_380)
        #expect(throws: JOSEError(.notYetValid)) { try read.checkTimes(now: 1_300_815_700_000_000, lifetime: 7_200) }
        #expect(throws: JOSEError(.expired)) { try read.checkTimes(now: 1_300_819_500_000_000, lifetime: 3_600) }
        #expect(throws: JOSEError(.livesTooLong), "an hour is too long for a client's assertion") {
            try read.checkTimes(now: 1_300_815_780_000_000, lifetime: ClientAuthentication.longestAssertion)
        }
    }

    @Test("§2.1: an assertion as a grant is no grant here, whoever brings it")
    func grant() async throws {
        let key = ClientKey("16")
        let client = try await register(key)
        let asGrant = ["grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "\(Self.printed.header).e30.AAAA"]
        #expect(await refusal(asGrant)?.code == .invalidClient, "nobody proved who they are")
        let proved = try asGrant.merging([
            "client_assertion_type": ClientAuthentication.assertionType, "client_assertion": key.assertion(client, house),
        ]) { $1 }
        #expect(await refusal(proved)?.code == .unsupportedGrantType)
    }

    @Test("§2.2: a client proves who it is by an assertion, of this type and by no ES256")
    func authentication() async throws {
        let key = ClientKey("16")
        let client = try await register(key)
        let request = ["grant_type": "client_credentials", "scope": "system/Patient.rs"]
        func form(_ assertion: String, _ type: String = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") -> [String: String] {
            request.merging(["client_assertion_type": type, "client_assertion": assertion]) { $1 }
        }
        #expect(await refusal(try form(key.assertion(client, house))) == nil)
        let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
        #expect(await refusal(try form(key.assertion(client, house), saml))?.code == .invalidClient)
        let weak = await refusal(try form(key.assertion(client, house, header: ["alg": "ES256"])))
        #expect(weak?.cause == JOSEError(.algorithmNotAllowed))
        let named = await refusal(try form(key.assertion(client, house)).merging(["client_id": "s6BhdRkqt3"]) { $1 })
        #expect(named?.code == .invalidClient, "client_id must be the assertion's own")
        let secret = request.merging(["client_id": client, "client_secret": "7Fjfp0ZBr1KtDRbnfVdmIw"]) { $1 }
        #expect(await refusal(secret)?.code == .invalidClient, "there are no client secrets")
    }

    @Test("§3: each claim that the document asks for, missing and wrong, by its name", arguments: [
        ("iss", nil, JOSEError.Code.wrongIssuer), ("sub", nil, .claimMissing), ("sub", "mailto:mike@example.com", .wrongIssuer),
        ("aud", nil, .wrongAudience), ("aud", "https://jwt-rp.example.net", .wrongAudience), ("exp", nil, .claimMissing),
        ("exp", "1300819380", .claimMissing), ("jti", nil, .claimMissing),
    ] as [(String, String?, JOSEError.Code)])
    func claims(name: String, value: String?, code: JOSEError.Code) async throws {
        let key = ClientKey("16")
        let client = try await register(key)
        let assertion = try key.assertion(client, house, changing: [name: value ?? NSNull()])
        let refused = await refusal([
            "grant_type": "client_credentials", "scope": "system/Patient.rs", "client_assertion": assertion,
            "client_assertion_type": ClientAuthentication.assertionType,
        ])
        #expect(refused?.code == .invalidClient)
        // Without an issuer nobody is known to ask for keys.
        if name != "iss" { #expect(refused?.cause == JOSEError(code)) }
    }
}
