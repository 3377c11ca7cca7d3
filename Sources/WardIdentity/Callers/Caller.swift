public import WardDatabase

/// Who calls: evidence that somebody has been authenticated. Only this module can make one.
///
/// ``Authenticator/authenticate(token:source:)`` makes one from a live session; ``LocalOperator`` makes one for a
/// command on the machine itself. A caller opens nothing: what it may do is decided in WardAccess.
public struct Caller: Sendable, Hashable {
    /// Who it is.
    public let subject: Subject
    /// What they are to this house.
    public let role: Role
    /// The one patient whose record the account is bound to, where the role is ``Role/patient``.
    public let patient: LogicalID?
    /// The session, or nil for a local operator. It is a name, not the secret.
    public let session: LogicalID?
    /// How they have shown who they are.
    public let factors: Set<Factor>
    /// True where they must show a passkey and did not: nothing is open to them but to register one.
    public let owesPasskey: Bool
    /// True where they have shown within the last minutes, not only hours ago, who they are.
    public let isFresh: Bool
    /// When the session began, in microseconds since 1970-01-01T00:00:00Z; nil where there is none.
    public let signedInAt: Int64?
    /// What the client application that acts for them was allowed; nil for Ward's own sign-in.
    public let authorization: Authorization?
    /// Whose data they may reach at all.
    public let tenant: TenantID
    /// The network address they call from, or `local`.
    public let source: String

    init(
        subject: Subject, role: Role, patient: LogicalID? = nil, session: LogicalID?, factors: Set<Factor>,
        authorization: Authorization? = nil, tenant: TenantID,
        source: String, owesPasskey: Bool = false, isFresh: Bool = false, signedInAt: Int64? = nil
    ) {
        self.signedInAt = signedInAt
        self.subject = subject
        self.role = role
        self.patient = patient
        self.session = session
        self.factors = factors
        self.owesPasskey = owesPasskey
        self.isFresh = isFresh
        self.authorization = authorization
        self.tenant = tenant
        self.source = source
    }

    /// Who a caller is.
    public enum Subject: Sendable, Hashable {
        /// A person with an account: its id for ever, and its name.
        case user(LogicalID, name: String)
        /// An account of the operating system.
        case operatingSystemUser(String)
        /// A registered application that acts for itself: its id, and its name.
        case service(LogicalID, name: String)
    }

    /// The id of ``patient`` as text.
    public var patientID: String? { patient?.text }

    /// The client application, or nil for Ward's own sign-in.
    public var client: LogicalID? { authorization?.client }

    /// The account's id, or nil for a local operator.
    public var user: LogicalID? {
        if case .user(let id, _) = subject { id } else { nil }
    }

    /// The account's name; for a local operator the name of the operating-system account.
    public var name: String {
        switch subject {
        case .user(_, let name), .service(_, let name): name
        case .operatingSystemUser(let name): name
        }
    }

    /// What the audit log calls the actor: the account's id, `os:NAME`, or the client's id.
    public var actorID: String {
        switch subject {
        case .user(let id, _), .service(let id, _): id.text
        case .operatingSystemUser(let name): "os:\(name)"
        }
    }

    /// The same, once the connection has proved the key of this certificate; nil where the token is bound to another. A
    /// caller whose token is bound opens nothing before. Source: RFC 8705 §3.
    /// - Parameter fingerprint: SHA-256 of the certificate; nil where the connection showed none.
    public func holding(certificate fingerprint: [UInt8]?) -> Caller? {
        guard let authorization, let bound = authorization.certificate else { return self }
        guard let fingerprint, ConstantTime.equal(bound, fingerprint) else { return nil }
        return Caller(
            subject: subject, role: role, patient: patient, session: session, factors: factors,
            authorization: Authorization(
                client: authorization.client, scopes: authorization.scopes, patient: authorization.patient,
                certificate: bound, isHeld: true),
            tenant: tenant, source: source, owesPasskey: owesPasskey, isFresh: isFresh)
    }

    /// True where they have shown who they are as health data asks for it: people with two factors, a passkey among
    /// them where one is demanded, services with their key. Nothing else reaches health data.
    public var isProven: Bool {
        if let authorization, !authorization.isHeld { return false }
        return switch subject {
        case .user: hasTwoFactors && !owesPasskey
        case .service: role == .service && factors.contains(.clientKey)
        case .operatingSystemUser: false
        }
    }

    /// True where two different factors were shown, each of its own kind. Nothing else reaches health data.
    ///
    /// A passkey whose device asked for a PIN, a finger or a face is two. The word of the organisation's provider is one,
    /// and the second too only where it says so.
    public var hasTwoFactors: Bool {
        let hasFirst = factors.contains(.password) || factors.contains(.provider)
        if factors.contains(.passkey) { return hasFirst || factors.contains(.userVerification) }
        if factors.contains(.provider), factors.contains(.providerSecondFactor) { return true }
        return hasFirst && (factors.contains(.oneTimeCode) || factors.contains(.recoveryCode))
    }
}
