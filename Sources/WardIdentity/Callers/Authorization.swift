public import WardDatabase

/// What a client application was allowed, by a token that it holds.
public struct Authorization: Sendable, Hashable {
    /// The client, by its registered id.
    public let client: LogicalID
    /// What it may do at most; never more than who it acts for may do.
    public let scopes: GrantedScopes
    /// The patient of the launch: what `patient/` scopes are about.
    public let patient: LogicalID?
    /// SHA-256 of the certificate whose key alone may show the token; nil where the token is bound to none. Source: RFC 8705
    /// §3.1.
    public let certificate: [UInt8]?
    /// Whether the connection that showed the token has proved that key.
    public let isHeld: Bool

    init(
        client: LogicalID, scopes: GrantedScopes, patient: LogicalID?, certificate: [UInt8]? = nil, isHeld: Bool = false
    ) {
        self.client = client
        self.scopes = scopes
        self.patient = patient
        self.certificate = certificate
        self.isHeld = certificate == nil || isHeld
    }
}
