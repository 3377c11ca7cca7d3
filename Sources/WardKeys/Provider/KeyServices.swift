public import Crypto

/// Several key providers as one: what is new is wrapped by the first, and each key is opened by the one that wrapped
/// it. It stands while keys move from one provider to another.
public struct KeyServices: KeyProvider {
    private let primary: any KeyProvider
    private let others: [Place: any KeyProvider]
    private let primaryPlace: Place

    private struct Place: Hashable {
        var kind: String
        var root: String
    }

    /// Several providers as one.
    /// - Throws: what a provider's `describe` throws.
    public init(primary: any KeyProvider, others: [any KeyProvider]) async throws(KeyError) {
        let description = try await primary.describe()
        self.primary = primary
        primaryPlace = Place(kind: description.kind, root: description.root)
        var byPlace: [Place: any KeyProvider] = [:]
        for other in others {
            let description = try await other.describe()
            byPlace[Place(kind: description.kind, root: description.root)] = other
        }
        self.others = byPlace
    }

    public func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        try await primary.generateDataKey(context)
    }

    public func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try await primary.wrap(key, context: context)
    }

    public func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        let place = Place(kind: wrapped.provider, root: wrapped.root)
        guard place != primaryPlace, let other = others[place] else {
            return try await primary.unwrap(wrapped, context: context)
        }
        return try await other.unwrap(wrapped, context: context)
    }

    /// Wraps the key anew by the first provider; one that another wrapped is opened by that one for it.
    public func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        let place = Place(kind: wrapped.provider, root: wrapped.root)
        if place == primaryPlace { return try await primary.rewrap(wrapped, context: context) }
        return try await primary.wrap(unwrap(wrapped, context: context), context: context)
    }

    public func rotateRoot(now: Int64) async throws(KeyError) { try await primary.rotateRoot(now: now) }

    public func retireRoots(before version: UInt32) async throws(KeyError) {
        try await primary.retireRoots(before: version)
    }

    public func describe() async throws(KeyError) -> KeyProviderDescription { try await primary.describe() }
}
