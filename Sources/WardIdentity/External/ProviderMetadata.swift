internal import WardFHIR

/// What a provider tells of itself. Source: OpenID Connect Discovery 1.0 §3 and §4.
struct ProviderMetadata: Sendable {
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keySetURL: String
    /// Whether its answers name it. Source: RFC 9207 §3.
    let namesItself: Bool
    /// How clients may prove who they are.
    let clientAuthentication: [String]

    /// Where the document of a provider is.
    static func address(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// Reads the document.
    /// - Throws: ``ExternalSignInError`` with `.unavailable`: it is of another issuer, or leads anywhere but to https.
    init(_ json: [UInt8], of issuer: String) throws(ExternalSignInError) {
        guard let root = (try? JSONDocument(parsing: json))?.root, root.kind == .object,
            root["issuer"]?.string == issuer,
            let authorization = root["authorization_endpoint"]?.string, RedirectURI.isSecure(authorization),
            let token = root["token_endpoint"]?.string, RedirectURI.isSecure(token),
            let keys = root["jwks_uri"]?.string, RedirectURI.isSecure(keys)
        else { throw ExternalSignInError(.unavailable) }
        authorizationEndpoint = authorization
        tokenEndpoint = token
        keySetURL = keys
        namesItself = root["authorization_response_iss_parameter_supported"]?.bool == true
        clientAuthentication =
            root["token_endpoint_auth_methods_supported"].map { $0.elements.compactMap(\.string) } ?? ["client_secret_basic"]
    }
}
