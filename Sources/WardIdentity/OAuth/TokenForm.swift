/// The parameters of a request to the token, introspection or revocation endpoint.
public struct TokenForm: Sendable {
    private let fields: [String: String]

    /// Parameters, each once. Those without a value count as missing. Source: RFC 6749 §3.2.
    public init(_ fields: [String: String]) { self.fields = fields.filter { !$0.value.isEmpty } }

    /// A parameter, or nil where it is missing.
    public subscript(name: String) -> String? { fields[name] }

    /// A parameter that must be there.
    func needed(_ name: StaticString) throws(OAuthError) -> String {
        guard let value = fields["\(name)"] else { throw OAuthError(.invalidRequest, "\(name) is missing") }
        return value
    }
}
