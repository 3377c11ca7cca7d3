public import WardDatabase
internal import WardVault

/// What may be seen of a registered application.
public struct ClientSummary: Sendable, Hashable {
    /// The `client_id`.
    public let id: LogicalID
    /// The id as text.
    public var idText: String { id.text }
    public let name: String
    public let kind: ClientKind
    public let status: ClientStatus
    public let redirectURIs: [String]
    public let launchURL: String?
    /// The most that it may ask for.
    public let scopes: String
    /// Its public keys, as a JSON Web Key Set, if they are here.
    public let keySet: String?
    /// Where its public keys are, if not here.
    public let keySetURL: String?
    /// Whether it proves who it is with a key.
    public let hasKeys: Bool
    /// Whether its tokens are bound to the certificate of its connection.
    public let isCertificateBound: Bool
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let createdAt: Int64

    init(_ item: CollectionItem<Client>) {
        id = item.id
        name = item.value.name
        kind = item.value.kind
        status = item.value.status
        redirectURIs = item.value.redirectURIs
        launchURL = item.value.launchURL
        scopes = item.value.scopes
        keySet = item.value.keySet
        keySetURL = item.value.keySetURL
        hasKeys = item.value.hasKeys
        isCertificateBound = item.value.isCertificateBound == true
        createdAt = item.value.createdAt
    }
}
