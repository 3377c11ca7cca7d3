/// Why an application was not registered or changed. Its description is safe to log; it holds no value.
public struct ClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let code: Code

    /// Kinds of fault.
    public enum Code: Sendable, Hashable, CaseIterable {
        case nameInvalid, redirectInvalid, redirectNeeded, launchInvalid, scopesInvalid, keysInvalid, keysNeeded
        /// No application has this id.
        case notFound
        /// The permit is one for something else.
        case notPermitted
        /// As many applications wait as may.
        case tooManyWait
        /// The store or the audit log cannot be used; nothing was changed.
        case unavailable
    }

    init(_ code: Code) { self.code = code }

    /// The permit is one for something else.
    public static let notPermitted = ClientError(.notPermitted)

    public var description: String {
        switch code {
        case .nameInvalid: "a name of 1 to 100 characters on one line is needed, none of which controls the terminal or the direction of text"
        case .redirectInvalid:
            "a redirect address is https, http on this machine itself, or a scheme of the app's own; it has no fragment, and there are at most 16"
        case .redirectNeeded: "an app needs a redirect address, a backend service has none"
        case .launchInvalid: "the launch address must be https"
        case .scopesInvalid:
            """
            scopes must be known ones with at least one for health data: system/… for a backend service and nothing else, \
            patient/… or user/… for an app
            """
        case .keysInvalid:
            """
            the keys must be a JSON Web Key Set of public keys with a kid each, or an https address of one; RSA of 2048 \
            bits or more, or P-256, P-384, P-521
            """
        case .keysNeeded: "a backend service needs keys: a JSON Web Key Set, or its address"
        case .notFound: "no application has this id"
        case .notPermitted: "the permit is not one for applications"
        case .tooManyWait: "as many applications wait for approval as may; each is approved by an administrator, or goes after a week"
        case .unavailable: "the applications cannot be read or written now"
        }
    }
}
