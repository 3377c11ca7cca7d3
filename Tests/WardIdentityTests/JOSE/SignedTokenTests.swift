import Crypto
import Synchronization
import Testing

@testable import WardIdentity

@Suite("Signed tokens: the traps")
struct SignedTokenTests {
    private let signer = TokenSigner(secrets: [SymmetricKey(data: [UInt8](repeating: 1, count: 32))])
    private let other = TokenSigner(secrets: [SymmetricKey(data: [UInt8](repeating: 2, count: 32))])
    private let claims = Array(#"{"sub":"x"}"#.utf8)

    private func verify(
        _ text: String, _ keys: JSONWebKeySet? = nil, _ allowed: Set<SignatureAlgorithm> = [.es256],
        _ kind: SignedToken.Kind = .accessToken
    ) throws(JOSEError) -> [UInt8] {
        try SignedToken(text).verified(by: keys ?? signer.keySet, allowing: allowed, kind: kind)
    }

    @Test("what this server signs it verifies, under its own key alone")
    func roundTrip() throws {
        let token = try signer.sign(claims, type: "at+jwt")
        #expect(try verify(token) == claims)
        #expect(throws: JOSEError(.unknownKey)) { try verify(token, other.keySet) }
        let rotated = TokenSigner(secrets: [
            SymmetricKey(data: [UInt8](repeating: 2, count: 32)), SymmetricKey(data: [UInt8](repeating: 1, count: 32)),
        ])
        #expect(try verify(token, rotated.keySet) == claims, "the key before still verifies")
    }

    @Test("keys that change are followed at once: the newest signs, the older ones verify until they are gone")
    func following() throws {
        let first = SymmetricKey(data: [UInt8](repeating: 1, count: 32)), second = SymmetricKey(data: [UInt8](repeating: 2, count: 32))
        let secrets = Mutex([first])
        let changing = TokenSigner(following: { secrets.withLock { $0 } })
        let (before, shown) = (try changing.sign(claims, type: "at+jwt"), changing.publicKeys)
        secrets.withLock { $0 = [second, first] }
        let after = try changing.sign(claims, type: "at+jwt")
        #expect(changing.publicKeys != shown)
        #expect(try verify(after, other.keySet) == claims)
        #expect(try verify(before, changing.keySet) == claims && verify(after, changing.keySet) == claims)
        secrets.withLock { $0 = [second] }
        #expect(throws: JOSEError(.unknownKey)) { try verify(before, changing.keySet) }
        #expect(try verify(after, changing.keySet) == claims)
    }

    @Test("alg none, an unknown kid, none at all, another type, another algorithm, extensions")
    func headers() throws {
        let parts = try signer.sign(claims, type: "at+jwt").split(separator: ".").map(String.init)
        let header = String(decoding: try #require(Base64URL.decode(parts[0])), as: UTF8.self)
        func with(_ changed: String, signature: String? = nil) -> String {
            [Base64URL.encode(changed.utf8), parts[1], signature ?? parts[2]].joined(separator: ".")
        }
        #expect(try verify(with(header)) == claims)
        let cases: [(String, JOSEError.Code)] = [
            (with(header.replacing("ES256", with: "none"), signature: ""), .unsupportedAlgorithm),
            (with(header.replacing("ES256", with: "HS256")), .unsupportedAlgorithm),
            (with(header.replacing("ES256", with: "RS256")), .algorithmNotAllowed),
            (with(header.replacing("at+jwt", with: "JWT")), .wrongType),
            (with(header.replacing("\"typ\":\"at+jwt\"", with: "\"x\":\"y\"")), .wrongType),
            (with(header.replacing("\"kid\":\"", with: "\"kid\":\"x")), .unknownKey),
            (with(header.replacing("\"kid\"", with: "\"kod\"")), .unknownKey),
            (with(String(header.dropLast()) + #","crit":["exp"]}"#), .criticalHeader),
            (with(String(header.dropLast()) + #","b64":false}"#), .criticalHeader),
            (with(header.replacing("\"alg\"", with: "\"alg\":\"none\",\"alg\"")), .malformed),
            (with(header + " "), .badSignature),
            (parts[0] + "." + parts[1], .malformed), (parts.joined(separator: ".") + ".", .malformed),
            (parts.joined(separator: ".") + "=", .malformed), ("", .malformed), ("..", .malformed),
            (parts[0] + "." + Base64URL.encode(#"{"sub":"y"}"#.utf8) + "." + parts[2], .badSignature),
            (String(repeating: "a", count: 20_000), .tooLong),
        ]
        for (text, code) in cases { #expect(throws: JOSEError(code), "\(text.prefix(60))") { try verify(text) } }
    }

    @Test("a key in the header is never used")
    func embeddedKey() throws {
        let key = ClientKey("mine")
        let token = try key.sign(["sub": "x"], header: ["jwk": ["kty": "EC"], "kid": "mine", "typ": "at+jwt"])
        #expect(throws: JOSEError(.unknownKey)) { try verify(token, nil, [.es384]) }
    }

    @Test("weak, private and symmetric keys are refused; two keys of one name too")
    func keys() throws {
        let good = ClientKey("a"), twin = ClientKey("a")
        for bad in [
            #"{"kty":"oct","kid":"a","k":"AAAA"}"#, #"{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}"#, "{}",
            good.json.replacing("\"use\":\"sig\"", with: "\"use\":\"enc\""), good.json.replacing("ES384", with: "ES256"),
            good.json.replacing("\"kid\":\"a\"", with: "\"kid\":\"\""),
            good.json.replacing("\"use\"", with: "\"d\":\"AAAA\",\"use\""), "\(good.json),\(twin.json)",
        ] {
            #expect(throws: JOSEError(.unusableKey), "\(bad.prefix(50))") {
                try JSONWebKeySet(json: Array(#"{"keys":[\#(bad)]}"#.utf8))
            }
        }
        // A key for something else beside a good one is left out, as RFC 7517 says.
        let mixed = try JSONWebKeySet(json: Array(#"{"keys":[{"kty":"OKP","kid":"b"},\#(good.json)]}"#.utf8))
        #expect(mixed.contains("a") && !mixed.contains("b"))
    }
}
