public import WardAudit

/// One entry of the route table: a path, its methods, and what a caller must show. The router is built from the
/// table alone.
public struct Endpoint: Sendable, Hashable {
    /// What it is; decides the code that answers.
    public var name: Name
    /// The path; `/fhir` and `/api/audit` stand also for everything below them that has no entry of its own.
    public var path: String
    /// The methods that are answered, in capitals; any other gets 405.
    public var methods: [String]
    /// What a caller must show.
    public var credential: Credential
    /// What a caller who has shown it must have a right to.
    public var permission: Permission
    /// Every event that it may write, by those of its methods that change something where it has any, but for those of
    /// its credential. Those of FHIR are told by interaction: ``places``.
    public var events: [EventPromise]

    /// The endpoints by name.
    public enum Name: String, Sendable, CaseIterable {
        case live, ready, metrics, signIn, signOut, activate, password, recoveryCodes, sessions, endSession, grants, endGrant, style
        case external, externalReturn, notices, account, changeAccount, passkeyScript, stepUp
        case leave, authorize, launch, register, token, introspect, revoke, keys, oauthMetadata, smartConfiguration
        case audit, capability, fhir
    }

    /// What must be shown before anything else of the request is looked at.
    public enum Credential: Sendable, Hashable {
        /// Nothing.
        case none
        /// A live session's token: `Authorization: Bearer …`.
        case bearer
        /// A token, unless the configuration opens the endpoint.
        case bearerUnlessOpened
    }

    /// What right is asked for.
    public enum Permission: Sendable, Hashable {
        /// None: the endpoint tells nothing of patients or of the house.
        case none
        /// None beyond being signed in.
        case signedIn
        /// To see how the house does: administrators and auditors.
        case observe
        /// To read the audit log, decided below this layer, where the reading is recorded: auditors.
        case readAudit
        /// That of the interaction, decided below this layer, for each request.
        case interaction
    }

    /// Every method that the router knows, to answer 405 where an endpoint does not have it.
    static let knownMethods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
}
