internal import Synchronization
internal import WardDatabase
internal import WardVault

/// Passkeys and security keys: has people register them, and tells whose a shown one is.
///
/// A passkey is bound to this site's name, so that nobody can be lured into showing it elsewhere. Source: Web
/// Authentication level 2, §7; NIST SP 800-63B-4 §3.2.5 (phishing resistance).
public final class Passkeys: Sendable {
    let users: any CollectionStore<User>
    let passkeys: any CollectionStore<Passkey>
    let challenges = PasskeyChallenges()
    let demand: PasskeyDemand
    let attestation: AttestationPolicy
    let trail: IdentityTrail
    let clock: any WallClock
    private let place = Mutex<RelyingParty?>(nil)

    init(
        users: any CollectionStore<User>, passkeys: any CollectionStore<Passkey>, demand: PasskeyDemand,
        attestation: AttestationPolicy, trail: IdentityTrail, clock: any WallClock
    ) {
        self.users = users
        self.passkeys = passkeys
        self.demand = demand
        self.attestation = attestation
        self.trail = trail
        self.clock = clock
    }

    /// Tells where the server is reached. Passkeys need a name; by an address alone there are none.
    public func bound(to authority: String) { place.withLock { $0 = RelyingParty(authority: authority) } }

    /// Whether there are passkeys here: whether the server is reached by a name.
    public var areHere: Bool { site != nil }

    /// The question of a page for signing in; nil where the server has no name. `binding`: what the browser alone holds.
    public func signInQuestion(boundTo binding: String) -> PasskeyQuestion? { question(.signIn, boundTo: binding) }

    /// The question of a page for showing a factor anew.
    public func stepUpQuestion(_ caller: Caller) -> PasskeyQuestion? {
        caller.session.flatMap { question(.stepUp, boundTo: $0.text) }
    }

    func question(_ purpose: PasskeyChallenges.Purpose, boundTo binding: String) -> PasskeyQuestion? {
        guard let site else { return nil }
        return PasskeyQuestion(
            site: site.id, challenge: Base64URL.encode(challenges.make(purpose, boundTo: binding, now: clock.now())))
    }

    var site: RelyingParty? { place.withLock { $0 } }

    /// The live passkeys of an account, the oldest first.
    func all(of user: CollectionItem<User>) async throws -> [CollectionItem<Passkey>] {
        try await passkeys.find("user", user.id.text)
            .filter { $0.value.epoch == user.value.passkeyEpoch }
            .sorted { $0.value.createdAt < $1.value.createdAt }
    }

    static func wrapping<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws(PasskeyError) -> Result {
        do {
            return try await body()
        } catch let error as PasskeyError {
            throw error
        } catch {
            throw PasskeyError(.unavailable)
        }
    }
}
