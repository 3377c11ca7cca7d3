internal import Foundation
internal import WardDatabase
internal import WardFHIR

extension ExternalSignIn {
    /// The identity token for a code. Source: OpenID Connect Core 1.0 §3.1.3.
    func exchange(
        _ code: String, verifier: String, _ provider: ExternalProvider, _ metadata: ProviderMetadata
    ) async throws -> String {
        guard let wire else { throw ExternalSignInError(.off) }
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", returnAddress),
            ("code_verifier", verifier),
        ]
        var fields: [(String, String)] = []
        if let secret = provider.clientSecret {
            if metadata.clientAuthentication.contains("client_secret_basic") {
                // Source: RFC 6749 §2.3.1: both are form-encoded before they are joined.
                let pair = PercentEncoding.encode(provider.clientID) + ":" + PercentEncoding.encode(secret)
                fields.append(("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()))
            } else {
                form += [("client_id", provider.clientID), ("client_secret", secret)]
            }
        } else {
            form += [
                ("client_id", provider.clientID), ("client_assertion_type", ClientAuthentication.assertionType),
                ("client_assertion", try assertion(provider, metadata)),
            ]
        }
        let text = form.map { $0.0 + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
        let answer = try await wire.post(metadata.tokenEndpoint, text, fields)
        guard answer.status == 200 else {
            // A provider that fails is another matter than one that refuses.
            if answer.status >= 500 { throw ExternalSignInError(.unavailable) }
            throw WrongAnswer()
        }
        guard answer.body.count <= ProviderWire.maximumBytes, let root = (try? JSONDocument(parsing: answer.body))?.root,
            root.kind == .object, let token = root["id_token"]?.string
        else { throw WrongAnswer() }
        return token
    }

    /// Who this server is, signed by its own key, which `/auth/jwks` shows. Source: RFC 7523 §3.
    private func assertion(_ provider: ExternalProvider, _ metadata: ProviderMetadata) throws -> String {
        let now = clock.now() / 1_000_000
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        for (name, value) in [
            ("iss", provider.clientID), ("sub", provider.clientID), ("aud", metadata.tokenEndpoint),
            ("jti", Base64URL.encode(SecureRandom.bytes(16))),
        ] {
            writer.name(name)
            writer.string(value)
        }
        for (name, value) in [("iat", now), ("exp", now + 60)] {
            writer.name(name)
            writer.number(Int(value))
        }
        writer.endObject()
        return try signer.sign(writer.bytes, type: "JWT")
    }
}
