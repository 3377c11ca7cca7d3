public import WardAudit
public import WardIdentity
public import WardPHI
public import WardRecords

/// What this layer asks of the house below. The program that composes the house gives it.
public struct EdgeServices: Sendable {
    /// Who a token stands for; nil where it stands for nobody. A thrown error means that nobody can say now: 503.
    public var authenticate: @Sendable (_ token: String, _ source: String) async throws -> Caller?
    /// A session for a name, password and code; nil where they are wrong for whatever cause: 401, one wording. A thrown
    /// `SignInError` is answered as it asks: 429 or 503 with `Retry-After`.
    public var signIn: @Sendable (SignInForm, _ source: String) async throws -> SignInAnswer?
    /// The same for a browser: the session's token for its cookie.
    public var browserSignIn: @Sendable (SignInForm, _ source: String) async throws -> Protected<String>?
    /// Who the token of a browser's cookie stands for; nil where it stands for nobody.
    public var browser: @Sendable (_ token: String, _ source: String) async throws -> Caller?
    /// Takes note of a request that was refused before anybody asked what it wants; the path is that of the table of
    /// routes, and the caller is there where they are known.
    public var refused: @Sendable (_ status: Int, _ path: String, _ source: String, Caller?) async throws -> Void
    /// Ends the caller's session.
    public var signOut: @Sendable (Caller) async throws -> Void
    /// Invitations, and what people change of their own account.
    public var accounts: AccountServices
    /// Gives tokens to applications.
    public var oauth: AuthorizationServer
    /// Answers a FHIR request. Throws only where the answer cannot be audited: 503.
    public var fhir: @Sendable (FHIRRequest, Caller) async throws -> Audited<FHIRResponse>
    /// Answers a question to the audit log. Throws only where the reading cannot be recorded: 503.
    /// Nil stands for a question of no known form.
    public var audit: @Sendable (AuditQuestion?, Caller, _ requestID: String) async throws -> Audited<AuditDesk.Reply>
    /// The CapabilityStatement, JSON, for a base URL. It says nothing of patients.
    public var capability: @Sendable (_ baseURL: String) async throws -> [UInt8]
    /// Whether a caller may see the metrics.
    public var observe: @Sendable (Caller) -> ObservationDecision
    /// What must hold for the server to be ready.
    public var readiness: [ReadinessCheck]

    /// The services.
    public init(
        authenticate: @escaping @Sendable (_ token: String, _ source: String) async throws -> Caller?,
        signIn: @escaping @Sendable (SignInForm, _ source: String) async throws -> SignInAnswer?,
        browserSignIn: @escaping @Sendable (SignInForm, _ source: String) async throws -> Protected<String>?,
        browser: @escaping @Sendable (_ token: String, _ source: String) async throws -> Caller?,
        refused: @escaping @Sendable (_ status: Int, _ path: String, _ source: String, Caller?) async throws -> Void,
        signOut: @escaping @Sendable (Caller) async throws -> Void,
        accounts: AccountServices, oauth: AuthorizationServer,
        fhir: @escaping @Sendable (FHIRRequest, Caller) async throws -> Audited<FHIRResponse>,
        audit: @escaping @Sendable (AuditQuestion?, Caller, _ requestID: String) async throws -> Audited<AuditDesk.Reply>,
        capability: @escaping @Sendable (_ baseURL: String) async throws -> [UInt8],
        observe: @escaping @Sendable (Caller) -> ObservationDecision,
        readiness: [ReadinessCheck]
    ) {
        self.authenticate = authenticate
        self.signIn = signIn
        self.browserSignIn = browserSignIn
        self.browser = browser
        self.refused = refused
        self.signOut = signOut
        self.accounts = accounts
        self.oauth = oauth
        self.fhir = fhir
        self.audit = audit
        self.capability = capability
        self.observe = observe
        self.readiness = readiness
    }
}

extension EdgeServices {
    /// A refusal of what a caller asked for in a form that nothing here has, once the log tells of it; failures of the
    /// server itself are told where they are answered.
    /// - Parameter path: that of the endpoint in the table of routes.
    /// - Returns: the error to answer; 503 where the log cannot be written.
    func told(_ error: EdgeError, _ path: String, _ caller: Caller) async -> EdgeError {
        guard (400..<500).contains(error.status) else { return error }
        do { try await refused(error.status, path, caller.source, caller) } catch { return .unavailable }
        return error
    }
}

/// What somebody gives to sign in.
public struct SignInForm: Sendable {
    /// The account's name.
    public var name: String
    /// The password.
    public var password: Protected<String>
    /// The one-time code.
    public var code: Protected<String>
    /// By what the browser is known again; nil for a program.
    public var device: String?
}

/// What somebody gets who has signed in.
public struct SignInAnswer: Sendable {
    /// The session's token. It is shown this once.
    public var token: Protected<String>
    /// Seconds without a request after which the session ends.
    public var idleSeconds: Int
    /// When it ends in any case: microseconds since 1970-01-01T00:00:00Z.
    public var expiresAt: Int64

    /// An answer; see the properties.
    public init(token: Protected<String>, idleSeconds: Int, expiresAt: Int64) {
        self.token = token
        self.idleSeconds = idleSeconds
        self.expiresAt = expiresAt
    }
}
