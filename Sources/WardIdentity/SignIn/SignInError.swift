/// Why a sign-in did not succeed, as far as it may be told. Its description is safe to log and to send.
public struct SignInError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What to answer.
    public let code: Code

    /// Kinds of answer.
    public enum Code: Sendable, Hashable {
        /// 401: name, password or code is wrong, or used, or the account is disabled or held back. Nothing tells
        /// which.
        case refused
        /// 429: too many refusals from this address; `Retry-After`.
        case throttled(retryAfterSeconds: Int)
        /// 503: too many sign-ins at once; `Retry-After`.
        case busy(retryAfterSeconds: Int)
        /// 503: the store or the audit log cannot be used.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .refused: "the name, password or code is not right"
        case .throttled: "too many attempts; try again later"
        case .busy: "too many sign-ins at once; try again later"
        case .unavailable: "sign-in is not available"
        }
    }
}
