import Crypto
import Synchronization
import WardKeys

/// A provider that can fall silent.
final class SilentProvider: KeyProvider {
    let isSilent = Mutex(false)
    private let provider: any KeyProvider

    init(_ provider: any KeyProvider) { self.provider = provider }

    private func answer() throws(KeyError) {
        if isSilent.withLock({ $0 }) { throw KeyError(.unavailable, "silent") }
    }

    func generateDataKey(_ context: KeyContext) async throws(KeyError) -> GeneratedKey {
        try answer()
        return try await provider.generateDataKey(context)
    }

    func wrap(_ key: SymmetricKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try answer()
        return try await provider.wrap(key, context: context)
    }

    func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> SymmetricKey {
        try answer()
        return try await provider.unwrap(wrapped, context: context)
    }

    func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(KeyError) -> WrappedKey {
        try answer()
        return try await provider.rewrap(wrapped, context: context)
    }

    func rotateRoot(now: Int64) async throws(KeyError) { try await provider.rotateRoot(now: now) }

    func retireRoots(before version: UInt32) async throws(KeyError) {
        try await provider.retireRoots(before: version)
    }

    func describe() async throws(KeyError) -> KeyProviderDescription { try await provider.describe() }
}
