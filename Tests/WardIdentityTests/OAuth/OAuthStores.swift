import Crypto
import Synchronization
import WardTesting

@testable import WardIdentity

/// The authorization server's collections, and a network on which clients publish their keys.
final class OAuthStores: Sendable {
    let clients: InMemoryCollection<Client>
    let grants: InMemoryCollection<Grant>
    let assertions: InMemoryCollection<UsedAssertion>
    let launches: InMemoryCollection<LaunchContext>
    let published = Mutex<[String: [UInt8]]>([:])
    let fetches = Mutex(0)
    /// What roles open; all of it where a test says nothing.
    let opened = Mutex<@Sendable (Scope, Role) -> AccessRights>({ scope, _ in scope.rights })

    private let providerWire: ProviderWire?

    init(_ clock: FixedClock, _ provider: SoftProvider? = nil) {
        providerWire = provider?.wire(clock)
        clients = InMemoryCollection(clock: clock)
        grants = InMemoryCollection(clock: clock, lookups: Grant.lookups)
        assertions = InMemoryCollection(clock: clock)
        launches = InMemoryCollection(clock: clock)
    }

    struct NotThere: Error {}

    var parts: OAuthParts {
        OAuthParts(
            clients: clients, grants: grants, assertions: assertions, launches: launches,
            signer: TokenSigner(secrets: [SymmetricKey(data: [UInt8](repeating: 5, count: 32))]),
            keySets: KeySetSource { url in
                self.fetches.withLock { $0 += 1 }
                guard let json = self.published.withLock({ $0[url] }) else { throw NotThere() }
                return (json, 300)
            }, opened: { self.opened.withLock { $0 }($0, $1) }, providerWire: providerWire)
    }
}
