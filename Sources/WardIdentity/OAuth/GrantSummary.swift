public import WardDatabase
internal import WardVault

/// What may be seen of what a person allowed an application: no token.
public struct GrantSummary: Sendable, Hashable {
    /// Its name; not the secret.
    public let id: LogicalID
    /// The id as text.
    public var name: String { id.text }
    /// The application, by its `client_id`.
    public let client: LogicalID
    /// The application's id as text.
    public var clientID: String { client.text }
    /// What the application is called.
    public let clientName: String
    /// What it was allowed, as a list of scopes.
    public let scopes: GrantedScopes
    /// The patient that it was allowed for; nil where for none in particular.
    public let patient: String?
    /// Where it was allowed.
    public let source: String
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let createdAt: Int64
    /// When it is over in any case; microseconds since 1970-01-01T00:00:00Z.
    public let expiresAt: Int64

    init(_ item: CollectionItem<Grant>, _ client: CollectionItem<Client>) {
        id = item.id
        self.client = client.id
        clientName = client.value.name
        scopes = GrantedScopes(item.value.scopes) ?? .none
        patient = item.value.patient
        source = item.value.source
        createdAt = item.value.createdAt
        expiresAt = item.value.expiresAt
    }
}
