internal import Synchronization

/// Lets open keys serve for a limited time while their key service does not answer; past it they open and seal nothing
/// until it answers again.
///
/// Whoever runs a home calls ``renew()`` now and then. A key that was revoked at the service stops working here after the
/// limit at the latest.
public final class KeyLease: Sendable {
    /// What a renewal found.
    public enum State: Sendable, Equatable {
        /// The key service opened the newest key-encryption keys.
        case held
        /// It did not, for so long; the open keys still serve.
        case unreachable(since: Duration)
        /// It did not for longer than the limit; the keys do not serve.
        case suspended
    }

    private let keyring: Keyring
    private let limit: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let provedAt: Mutex<ContinuousClock.Instant>

    /// A lease of keys that were opened just now.
    /// - Parameters:
    ///   - limit: how long the keys serve after the service last answered.
    ///   - now: tells monotonic time.
    public init(
        _ keyring: Keyring, limit: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.keyring = keyring
        self.limit = limit
        self.now = now
        provedAt = Mutex(now())
    }

    /// Asks the key service, and suspends or resumes the keys.
    public func renew() async -> State {
        let began = now()
        do throws(KeyError) {
            try await keyring.prove()
            provedAt.withLock { $0 = began }
            keyring.setSuspended(false)
            return .held
        } catch {
            let silent = now() - provedAt.withLock { $0 }
            guard silent >= limit else { return .unreachable(since: silent) }
            keyring.setSuspended(true)
            return .suspended
        }
    }
}

extension Keyring {
    /// Has the key service open the newest key-encryption key of each tenant.
    /// - Throws: ``KeyError`` where it does not.
    func prove() async throws(KeyError) {
        let (documents, provider) = (documents, provider)
        for tenant in documents.keyring.tenants {
            guard let kek = tenant.keks.last else { continue }
            let context = KeyContext(application: application, kek: kek.version, tenant: tenant.tenant)
            let key = try await provider.unwrap(kek.key, context: context)
            guard Derivation.isEqual(Derivation.commitment(to: key), kek.commitment.bytes) else {
                throw KeyError(.commitment, "kek \(kek.version)")
            }
        }
    }

    func setSuspended(_ isSuspended: Bool) {
        for keys in tenants.values { keys.setSuspended(isSuspended) }
    }
}
