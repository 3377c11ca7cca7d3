public import Crypto

/// Several key providers as one: what is new is wrapped by the first, and each key is opened by the one that wrapped
/// it. It stands while keys move from one provider to another.
public struct KeyServices: KeyProvider {
    private let primary: any KeyProvider
    private let others: [RootName: any KeyProvider]
    private let primaryName: RootName

    /// Several providers as one; what is several already counts as all that it is.
    /// - Throws: what a provider's `describe` throws.
    public init(primary: any KeyProvider, others: [any KeyProvider]) async throws(KeyError) {
        let first = (primary as? KeyServices)?.primary ?? primary
        let all = (primary as? KeyServices).map { Array($0.others.values) } ?? []
        self.primary = first
        primaryName = try await first.describe().name
        var byName: [RootName: any KeyProvider] = [:]
        for other in others + all {
            let services = other as? KeyServices
            let members = services.map { [$0.primary] + $0.others.values } ?? [other]
            for member in members { byName[try await member.describe().name] = member }
        }
        self.others = byName
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        try await primary.generateDataKey(context)
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await primary.wrap(key, context: context)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        let name = RootName(kind: wrapped.provider, root: wrapped.root)
        guard name != primaryName, let other = others[name] else {
            return try await primary.unwrap(wrapped, context: context)
        }
        return try await other.unwrap(wrapped, context: context)
    }

    /// Wraps the key anew by the first provider; one that another wrapped is opened by that one for it.
    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        if RootName(kind: wrapped.provider, root: wrapped.root) == primaryName { return try await primary.rewrap(wrapped, context: context) }
        return try await primary.wrap(unwrap(wrapped, context: context), context: context)
    }

    public func rotateRoot(now: Int64) async throws(KeyError) { try await primary.rotateRoot(now: now) }

    public func retireRoots(before version: UInt32) async throws(KeyError) {
        try await primary.retireRoots(before: version)
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription { try await primary.describe() }
}
