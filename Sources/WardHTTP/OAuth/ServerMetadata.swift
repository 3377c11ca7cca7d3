internal import WardFHIR

/// What this server tells applications of itself: only what it does. Source: RFC 8414; SMART App Launch 2.2, conformance.
struct ServerMetadata: Sendable {
    let issuer: String

    /// `/.well-known/oauth-authorization-server`.
    var oauth: [UInt8] { document { _ in } }

    /// `/fhir/.well-known/smart-configuration`.
    var smart: [UInt8] {
        document { writer in
            Self.list("capabilities", Self.capabilities, &writer)
        }
    }

    private static let capabilities = ["client-confidential-asymmetric", "permission-v1", "permission-v2"]

    private func document(_ more: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        for (name, path) in [
            ("issuer", ""), ("jwks_uri", "/auth/jwks"), ("token_endpoint", "/auth/token"),
            ("introspection_endpoint", "/auth/introspect"), ("revocation_endpoint", "/auth/revoke"),
        ] {
            writer.name(name)
            writer.string(issuer + path)
        }
        for (name, values) in Self.lists { Self.list(name, values, &writer) }
        more(&writer)
        writer.endObject()
        return writer.bytes
    }

    private static let lists: [(String, [String])] = [
        ("grant_types_supported", ["client_credentials"]),
        ("response_types_supported", []),
        ("token_endpoint_auth_methods_supported", ["private_key_jwt"]),
        ("token_endpoint_auth_signing_alg_values_supported", ["RS384", "ES384"]),
        ("introspection_endpoint_auth_methods_supported", ["private_key_jwt"]),
        ("revocation_endpoint_auth_methods_supported", ["private_key_jwt"]),
        ("scopes_supported", ["system/*.cruds", "system/*.rs"]),
        ("code_challenge_methods_supported", ["S256"]),
    ]

    private static func list(_ name: String, _ values: [String], _ writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }
}
