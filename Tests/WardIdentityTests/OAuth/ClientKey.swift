import Crypto
import Foundation
import WardTesting

@testable import WardIdentity

/// A client's private key, as a client would hold it, and the assertions that it signs.
struct ClientKey: Sendable {
    let id: String
    private let key = P384.Signing.PrivateKey()

    init(_ id: String = "key-1") { self.id = id }

    var json: String {
        let raw = Array(key.publicKey.rawRepresentation)
        let (x, y) = (Base64URL.encode(raw[..<48]), Base64URL.encode(raw[48...]))
        return #"{"kty":"EC","crv":"P-384","alg":"ES384","use":"sig","kid":"\#(id)","x":"\#(x)","y":"\#(y)"}"#
    }

    var keySet: [UInt8] { Array(#"{"keys":[\#(json)]}"#.utf8) }

    func sign(_ claims: [String: Any], header: [String: Any] = [:]) throws -> String {
        var fields: [String: Any] = ["alg": "ES384", "kid": id, "typ": "JWT"]
        for (name, value) in header { fields[name] = value is NSNull ? nil : value }
        let parts = [fields, claims].map { value in
            // Dictionaries of texts and numbers are always JSON.
            Base64URL.encode((try? JSONSerialization.data(withJSONObject: value)) ?? Data())
        }
        let message = parts.joined(separator: ".")
        return message + "." + Base64URL.encode(try key.signature(for: Array(message.utf8)).rawRepresentation)
    }

    /// An assertion as SMART App Launch asks for it, with changes.
    func assertion(
        _ client: String, _ house: House, changing claims: [String: Any] = [:], header: [String: Any] = [:]
    ) throws -> String {
        let now = house.clock.now() / 1_000_000
        var all: [String: Any] = [
            "iss": client, "sub": client, "aud": house.identity.authorizationServer.issuer + "/auth/token",
            "exp": now + 240, "jti": UUID().uuidString,
        ]
        for (name, value) in claims { all[name] = value is NSNull ? nil : value }
        return try sign(all, header: header)
    }
}
