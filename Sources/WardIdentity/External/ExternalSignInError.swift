/// Why a sign-in by the organisation's provider did not succeed. Its description is safe to log and to send.
public struct ExternalSignInError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What to answer.
    public let code: Code

    /// Kinds of answer.
    public enum Code: Sendable, Hashable {
        /// 404: there is no provider.
        case off
        /// 401: the answer of the provider does not hold, was used, is too old, or came to another browser; or the person
        /// did not go through with it.
        case refused
        /// 403: who it is was shown, and they have no account here, or a disabled one.
        case noAccount
        /// 403: who it is was shown, and the organisation gives them no role here.
        case noRole
        /// 403: an account that is the provider's alone needs a second factor there.
        case secondFactorMissing
        /// 429: too many refusals from this address; `Retry-After`.
        case throttled(retryAfterSeconds: Int)
        /// 503: the provider, the store or the audit log cannot be used.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .off: "no provider is set"
        case .refused: "the sign-in at the provider does not hold, or took too long; begin again"
        case .noAccount: "you have no account here, or it is closed; ask an administrator"
        case .noRole: "your organisation gives you no role here"
        case .secondFactorMissing: "sign in there with a second factor; begin again"
        case .throttled: "too many attempts; try again later"
        case .unavailable: "the provider cannot be reached now; try again later"
        }
    }
}
