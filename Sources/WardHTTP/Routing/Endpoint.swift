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

    /// The endpoints by name.
    public enum Name: String, Sendable, CaseIterable {
        case live, ready, metrics, signIn, signOut, activate, password, recoveryCodes, sessions, endSession, style
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

    /// The route table. A route that is not here does not exist.
    public static let all: [Endpoint] = [
        Endpoint(name: .live, path: "/health/live", methods: ["GET", "HEAD"], credential: .none, permission: .none),
        Endpoint(name: .ready, path: "/health/ready", methods: ["GET", "HEAD"], credential: .none, permission: .none),
        Endpoint(
            name: .metrics, path: "/metrics", methods: ["GET", "HEAD"], credential: .bearerUnlessOpened,
            permission: .observe),
        Endpoint(
            name: .signIn, path: "/auth/sign-in", methods: ["GET", "HEAD", "POST"], credential: .none, permission: .none),
        Endpoint(name: .signOut, path: "/auth/sign-out", methods: ["POST"], credential: .bearer, permission: .signedIn),
        Endpoint(name: .audit, path: AuditRoute.path, methods: ["GET", "HEAD"], credential: .bearer, permission: .readAudit),
        Endpoint(
            name: .activate, path: "/auth/activate", methods: ["GET", "HEAD", "POST"], credential: .none,
            permission: .none),
        Endpoint(
            name: .password, path: "/auth/password", methods: ["POST"], credential: .bearer, permission: .signedIn),
        Endpoint(
            name: .recoveryCodes, path: "/auth/recovery-codes", methods: ["POST"], credential: .bearer,
            permission: .signedIn),
        Endpoint(
            name: .sessions, path: "/auth/sessions", methods: ["GET", "HEAD"], credential: .bearer,
            permission: .signedIn),
        Endpoint(
            name: .endSession, path: "/auth/sessions/end", methods: ["POST"], credential: .bearer,
            permission: .signedIn),
        Endpoint(
            name: .style, path: "/auth/style.css", methods: ["GET", "HEAD"], credential: .none, permission: .none),
        Endpoint(
            name: .authorize, path: "/auth/authorize", methods: ["GET", "HEAD", "POST"], credential: .none,
            permission: .none),
        Endpoint(
            name: .launch, path: "/auth/launch", methods: ["POST"], credential: .bearer, permission: .signedIn),
        Endpoint(name: .leave, path: "/auth/leave", methods: ["POST"], credential: .none, permission: .none),
        Endpoint(name: .register, path: "/auth/register", methods: ["POST"], credential: .none, permission: .none),
        Endpoint(name: .token, path: "/auth/token", methods: ["POST"], credential: .none, permission: .none),
        Endpoint(name: .introspect, path: "/auth/introspect", methods: ["POST"], credential: .none, permission: .none),
        Endpoint(name: .revoke, path: "/auth/revoke", methods: ["POST"], credential: .none, permission: .none),
        Endpoint(name: .keys, path: "/auth/jwks", methods: ["GET", "HEAD"], credential: .none, permission: .none),
        Endpoint(
            name: .oauthMetadata, path: "/.well-known/oauth-authorization-server", methods: ["GET", "HEAD"],
            credential: .none, permission: .none),
        Endpoint(
            name: .smartConfiguration, path: "/fhir/.well-known/smart-configuration", methods: ["GET", "HEAD"],
            credential: .none, permission: .none),
        Endpoint(
            name: .capability, path: "/fhir/metadata", methods: ["GET", "HEAD"], credential: .none, permission: .none),
        Endpoint(
            name: .fhir, path: "/fhir", methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], credential: .bearer,
            permission: .interaction),
    ]

    /// Every method that the router knows, to answer 405 where an endpoint does not have it.
    static let knownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
}
