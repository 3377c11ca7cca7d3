/// Why a token is not accepted. Its description is safe to log and to send.
public struct AuthenticationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What to answer.
    public let code: Code

    /// Kinds of answer.
    public enum Code: String, Sendable, Hashable {
        /// 401: no live session has this token.
        case notAuthenticated
        /// 503: the store cannot be used.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .notAuthenticated: "sign in first"
        case .unavailable: "authentication is not available"
        }
    }
}
