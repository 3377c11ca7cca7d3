/// Why somebody's own account was not changed. Its description is safe to log and to send.
public struct OwnAccountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code

    /// Kinds of fault.
    public enum Code: Sendable, Hashable {
        /// The current password or the code is not right, or the account is held back.
        case proofRefused
        /// 403: a passkey is demanded of the account, and none was shown in this session.
        case passkeyOwed
        /// The new password is not good enough.
        case passwordRefused(PasswordPolicy.Fault)
        /// The link opens no account, or not any more.
        case invitationRefused
        /// The caller has no such thing.
        case notFound
        /// 429: the account asked for this too often; `Retry-After`.
        case throttled(retryAfterSeconds: Int)
        /// Too much waits; try again.
        case busy
        /// The store or the audit log cannot be used; nothing was changed.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .proofRefused: "the password or code is not right"
        case .passkeyOwed: "a passkey is demanded of this account, and must be shown first"
        case .passwordRefused(let fault): fault.rawValue
        case .invitationRefused: "this link is not valid, was used, or is too old"
        case .notFound: "there is nothing of this kind"
        case .throttled: "this was tried too often; try again later"
        case .busy: "too much at once; try again"
        case .unavailable: "the account cannot be read or written now"
        }
    }

    /// Does something to an account; whatever goes wrong becomes one of these.
    static func wrapping<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws(OwnAccountError) -> Result {
        do {
            return try await body()
        } catch let error as OwnAccountError {
            throw error
        } catch is PasswordHasher.Busy {
            throw OwnAccountError(.busy)
        } catch {
            throw OwnAccountError(.unavailable)
        }
    }
}
