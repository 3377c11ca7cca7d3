public import WardDatabase
internal import WardKeys

/// The records of a tenant: sealed, versioned, found by blind index.
///
/// It is the only place where plaintext and storage meet: drafts go in and sealed rows come out, and the other way round. What it returns
/// was authenticated against everything that the store holds in the clear.
public struct Vault: Sendable {
    /// The tenant whose records these are.
    public let tenant: TenantID
    let store: any RecordStore
    let keys: DataKeyring
    let sealer: RecordSealer
    let tokenizer: Tokenizer

    /// A vault over a store, under the keys of one tenant.
    public init(store: any RecordStore, keys: DataKeyring) {
        self.tenant = TenantID(rawValue: keys.tenant.tenant)
        self.store = store
        self.keys = keys
        self.sealer = RecordSealer()
        self.tokenizer = Tokenizer(keys.tenant)
    }

    /// The vault's failure for one of the keys.
    static func failure(_ error: KeyError, record: RecordKey?) -> VaultError {
        switch error.code {
        case .authentication, .commitment, .damaged: VaultError(.notAuthentic, record: record, error.description)
        case .destroyed: VaultError(.shredded, record: record, error.description)
        case .unknownKey: VaultError(.keyMissing, record: record, error.description)
        default: VaultError(.keysUnavailable, record: record, error.description)
        }
    }

    func key(_ type: String, _ id: LogicalID) -> RecordKey {
        RecordKey(tenant: tenant, type: type, id: id)
    }
}
