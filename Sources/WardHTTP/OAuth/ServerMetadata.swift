internal import WardFHIR

/// What this server tells applications of itself: only what it does. Source: RFC 8414; SMART App Launch 2.2, conformance.
struct ServerMetadata: Sendable {
    let issuer: String
    /// Whether tokens can be bound to certificates of clients.
    let bindsTokens: Bool

    /// `/.well-known/oauth-authorization-server`.
    var oauth: [UInt8] { document { _ in } }

    /// `/fhir/.well-known/smart-configuration`.
    var smart: [UInt8] {
        document { writer in
            Self.list("capabilities", Self.capabilities, &writer)
        }
    }

    /// `sso-openid-connect` is none of them: it asks for identity tokens by RS256, and these are by ES256. Decision 0027.
    private static let capabilities = [
        "launch-ehr", "launch-standalone", "client-public", "client-confidential-asymmetric",
        "context-ehr-patient", "context-standalone-patient", "permission-patient", "permission-user",
        "authorize-post", "permission-offline", "permission-online", "permission-v1", "permission-v2",
    ]

    private func document(_ more: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        for (name, path) in [
            ("issuer", ""), ("jwks_uri", "/auth/jwks"), ("authorization_endpoint", "/auth/authorize"),
            ("token_endpoint", "/auth/token"),
            ("registration_endpoint", "/auth/register"), ("introspection_endpoint", "/auth/introspect"), ("revocation_endpoint", "/auth/revoke"),
        ] {
            writer.name(name)
            writer.string(issuer + path)
        }
        for (name, values) in Self.lists { Self.list(name, values, &writer) }
        // RFC 9207.
        writer.name("authorization_response_iss_parameter_supported")
        writer.bool(true)
        // What stands for what is not said would be true. Source: OpenID Connect Discovery 1.0 §3.
        for name in ["request_parameter_supported", "request_uri_parameter_supported", "claims_parameter_supported"] {
            writer.name(name)
            writer.bool(false)
        }
        // RFC 8705 §3.3.
        writer.name("tls_client_certificate_bound_access_tokens")
        writer.bool(bindsTokens)
        more(&writer)
        writer.endObject()
        return writer.bytes
    }

    private static let lists: [(String, [String])] = [
        ("grant_types_supported", ["authorization_code", "refresh_token", "client_credentials"]),
        ("response_types_supported", ["code"]),
        ("token_endpoint_auth_methods_supported", ["private_key_jwt", "none"]),
        ("token_endpoint_auth_signing_alg_values_supported", ["RS384", "ES384"]),
        ("introspection_endpoint_auth_methods_supported", ["private_key_jwt"]),
        ("introspection_endpoint_auth_signing_alg_values_supported", ["RS384", "ES384"]),
        ("revocation_endpoint_auth_methods_supported", ["private_key_jwt", "none"]),
        ("revocation_endpoint_auth_signing_alg_values_supported", ["RS384", "ES384"]),
        ("response_modes_supported", ["query"]),
        ("claims_supported", ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser"]),
        ("scopes_supported", Self.scopes),
        ("subject_types_supported", ["public"]),
        ("id_token_signing_alg_values_supported", ["ES256"]),
        ("code_challenge_methods_supported", ["S256"]),
    ]

    private static let scopes = [
        "openid", "fhirUser", "launch", "launch/patient", "offline_access", "online_access", "patient/*.cruds",
        "user/*.cruds", "system/*.cruds",
    ]

    private static func list(_ name: String, _ values: [String], _ writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }
}
