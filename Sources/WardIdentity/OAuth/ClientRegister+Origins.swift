internal import Synchronization
internal import WardVault

extension ClientRegister {
    /// Whether an approved app lives at this origin, such as `https://app.example`: the site of one of its redirect
    /// addresses. Its pages may then talk to this server. Nobody's, where the register cannot be read.
    public func isHome(_ origin: String) async -> Bool {
        guard origin.utf8.count <= 512, origin.hasPrefix("https://") else { return false }
        if let known = origins.withLock({ $0.known }) { return known.contains(origin) }
        let generation = origins.withLock { $0.generation }
        guard let clients = try? await clients.all(limit: 10_000) else { return false }
        let found = Set(clients.filter { $0.value.status == .approved && $0.value.kind == .app }
            .flatMap { $0.value.redirectURIs.compactMap(RedirectURI.origin) })
        // What was read while the register changed is used this once, and not kept.
        origins.withLock { if $0.generation == generation { $0.known = found } }
        return found.contains(origin)
    }

    /// The register changed: what is known of origins is read again.
    func forgetOrigins() {
        origins.withLock { origins in
            origins.known = nil
            origins.generation += 1
        }
    }
}

/// The sites of approved apps, as far as they were read.
struct AppOrigins: Sendable {
    var known: Set<String>?
    var generation: UInt64 = 0
}
