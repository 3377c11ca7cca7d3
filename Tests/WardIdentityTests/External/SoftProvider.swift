import Foundation
import Synchronization
import Testing
import WardDatabase

@testable import WardIdentity

/// An organisation's provider in memory. What it says can be bent, to see what is refused.
final class SoftProvider: Sendable {
    static let issuer = "https://login.hospital.example"

    struct State {
        /// What its tokens say of the person, over what is right.
        var claims: [String: any Sendable] = ["amr": ["pwd", "mfa"], "groups": ["ward-clinicians"], "preferred_username": "pat"]
        var header: [String: any Sendable] = [:]
        var document: [String: any Sendable] = [:]
        var key = ClientKey("provider-1")
        var published: [UInt8]?
        var tokenStatus = 200
        var isDown = false
        var fetches: [String] = []
        var forms: [[String: String]] = []
        var fields: [(String, String)] = []
        /// What the last way there asked for.
        var asked: [String: String] = [:]
    }

    let state = Mutex(State())

    struct Down: Error {}

    func set(_ edit: (inout State) -> Void) { state.withLock { edit(&$0) } }

    /// What its tokens say, changed; nil takes a claim away.
    func say(_ name: String, _ value: (any Sendable)?) { set { $0.claims[name] = value ?? NSNull() } }

    func wire(_ clock: any WallClock) -> ProviderWire {
        ProviderWire(
            get: { url in try self.get(url) },
            post: { url, form, fields in try self.post(url, form, fields, now: clock.now() / 1_000_000) })
    }

    private func get(_ url: String) throws -> (status: Int, body: [UInt8]) {
        try state.withLock { state -> (status: Int, body: [UInt8]) in
            state.fetches.append(url)
            if state.isDown { throw Down() }
            if url.hasSuffix("/keys") { return (200, state.published ?? state.key.keySet) }
            var document: [String: any Sendable] = [
                "issuer": Self.issuer, "authorization_endpoint": Self.issuer + "/authorize",
                "token_endpoint": Self.issuer + "/token", "jwks_uri": Self.issuer + "/keys",
            ]
            document.merge(state.document) { $1 }
            return (200, Array(try JSONSerialization.data(withJSONObject: document)))
        }
    }

    private func post(
        _ url: String, _ form: String, _ fields: [(String, String)], now: Int64
    ) throws -> (status: Int, body: [UInt8]) {
        try state.withLock { state -> (status: Int, body: [UInt8]) in
            if state.isDown { throw Down() }
            let parameters = Self.parameters(form)
            state.forms.append(parameters)
            state.fields = fields
            let verifier = parameters["code_verifier"] ?? ""
            guard PKCE.matches(verifier: verifier, challenge: state.asked["code_challenge"] ?? "") else { return (400, []) }
            let token = try Self.token(state, now)
            return (state.tokenStatus, Array(#"{"access_token":"x","token_type":"Bearer","id_token":"\#(token)"}"#.utf8))
        }
    }

    private static func token(_ state: State, _ now: Int64) throws -> String {
        var claims: [String: Any] = [
            "iss": issuer, "sub": "subject-1", "aud": "ward", "iat": now, "exp": now + 300, "auth_time": now,
        ]
        claims["nonce"] = state.asked["nonce"]
        for (name, value) in state.claims {
            claims[name] = value
            if value is NSNull { claims.removeValue(forKey: name) }
        }
        return try state.key.sign(claims, header: state.header)
    }

    /// Reads where a browser was sent, as the provider would.
    func visit(_ address: String) throws -> [String: String] {
        let parts = address.split(separator: "?", maxSplits: 1)
        try #require(parts.count == 2 && parts[0] == Self.issuer + "/authorize")
        let asked = Self.parameters(String(parts[1]))
        set { $0.asked = asked }
        return asked
    }

    private static func parameters(_ text: String) -> [String: String] {
        Dictionary(
            text.split(separator: "&").map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (sides[0], sides[1].removingPercentEncoding ?? "")
            }, uniquingKeysWith: { $1 })
    }
}
