public import WardDatabase

/// What a client application was allowed, by a token that it holds.
public struct Authorization: Sendable, Hashable {
    /// The client, by its registered id.
    public let client: LogicalID
    /// What it may do at most; never more than who it acts for may do.
    public let scopes: GrantedScopes
    /// The patient of the launch: what `patient/` scopes are about.
    public let patient: LogicalID?

    init(client: LogicalID, scopes: GrantedScopes, patient: LogicalID?) {
        self.client = client
        self.scopes = scopes
        self.patient = patient
    }
}
