public import WardDatabase

/// Who did it, by which session and client, from where and why: made once for each request, shared by its events.
public struct EventOrigin: Sendable, Equatable {
    public var tenant: TenantID
    /// Who did it; nil where nobody is known, as in a sign-in with an unknown name.
    public var actor: Actor?
    /// A reference to the session; never its token.
    public var session: String?
    /// The client application.
    public var client: String?
    /// The network address, without port.
    public var source: String?
    /// Purposes of use, such as `TREAT` (HL7 v3 PurposeOfUse).
    public var purposes: [String]
    /// The id of the request, which stands in the application log as well.
    public var requestID: String?

    /// An origin; see the properties.
    public init(
        tenant: TenantID = .first, actor: Actor?, session: String? = nil, client: String? = nil, source: String? = nil,
        purposes: [String] = [], requestID: String? = nil
    ) {
        self.tenant = tenant
        self.actor = actor
        self.session = session
        self.client = client
        self.source = source
        self.purposes = purposes
        self.requestID = requestID
    }

    /// The system itself: start, stop, heartbeat.
    public static func system(tenant: TenantID = .first) -> EventOrigin {
        EventOrigin(tenant: tenant, actor: Actor(id: "system", name: "ward"))
    }

    /// Who acts.
    public struct Actor: Sendable, Hashable {
        /// The id of the user, or `system`, or `os:<user id>` for a user of the operating system.
        public var id: String
        /// The name to sign in with, at the time.
        public var name: String?
        /// The roles held, at the time.
        public var roles: [String]

        /// An actor; see the properties.
        public init(id: String, name: String? = nil, roles: [String] = []) {
            self.id = id
            self.name = name
            self.roles = roles
        }
    }
}
