public import WardVault

/// What the authorization server is made of.
public struct OAuthParts: Sendable {
    /// The collection ``Client/collectionName``.
    public var clients: any CollectionStore<Client>
    /// The collection ``Grant/collectionName`` with the lookup fields ``Grant/lookups``.
    public var grants: any CollectionStore<Grant>
    /// The collection ``UsedAssertion/collectionName``.
    public var assertions: any CollectionStore<UsedAssertion>
    /// The collection ``LaunchContext/collectionName``.
    public var launches: any CollectionStore<LaunchContext>
    /// Signs the tokens.
    public var signer: TokenSigner
    /// Where the keys of clients come from.
    public var keySets: KeySetSource
    /// Which rights of a scope can open anything for somebody of a role: no app is granted more.
    public var opened: @Sendable (Scope, Role) -> AccessRights
    /// The way to the organisation's provider; nil where there is none.
    public var providerWire: ProviderWire?

    /// The parts.
    public init(
        clients: any CollectionStore<Client>, grants: any CollectionStore<Grant>,
        assertions: any CollectionStore<UsedAssertion>, launches: any CollectionStore<LaunchContext>,
        signer: TokenSigner, keySets: KeySetSource, opened: @escaping @Sendable (Scope, Role) -> AccessRights,
        providerWire: ProviderWire? = nil
    ) {
        self.clients = clients
        self.grants = grants
        self.assertions = assertions
        self.launches = launches
        self.signer = signer
        self.keySets = keySets
        self.opened = opened
        self.providerWire = providerWire
    }
}
