/// Turns the token of a request into its ``Caller``.
///
/// For a session in memory it takes a hash and a lookup; otherwise the session and its account are read. Each use
/// moves the idle limit.
public struct Authenticator: Sendable {
    let register: SessionRegister

    /// The caller whose session this is.
    /// - Parameters:
    ///   - token: what came after `Bearer `.
    ///   - source: the network address of the client, without port.
    /// - Throws: ``AuthenticationError``: one and the same for a token that never was, an expired and an ended
    ///   session, a disabled account.
    public func authenticate(token: String, source: String) async throws(AuthenticationError) -> Caller {
        try await register.caller(token: token, source: source)
    }
}
