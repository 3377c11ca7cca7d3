internal import Crypto

/// What every ``KeyProvider`` must do, as a suite that a provider's own tests run.
///
/// ```swift
/// @Test func conforms() async throws { #expect(try await KeyProviderConformance(provider).failures().isEmpty) }
/// ```
public struct KeyProviderConformance: Sendable {
    private let provider: any KeyProvider

    /// A suite for one provider, which may hold keys already.
    public init(_ provider: any KeyProvider) { self.provider = provider }

    /// Runs every check and returns the sentences that do not hold; empty where the provider conforms.
    /// - Throws: what the provider throws where it should not.
    public func failures() async throws(KeyError) -> [String] {
        var failures: [String] = []
        let context = KeyContext(application: "conformance", tenant: 7, purpose: "kek", version: 3)
        let first = try await provider.generateDataKey(context)
        let second = try await provider.generateDataKey(context)
        if first.key == second.key { failures.append("generated keys differ") }
        if first.key.bitCount != 256 { failures.append("generated keys have 256 bits") }
        if try await provider.unwrap(first.wrapped, context: context) != first.key {
            failures.append("a generated key unwraps to itself")
        }
        let again = try await provider.wrap(first.key, context: context)
        if again.bytes == first.wrapped.bytes { failures.append("wrapping twice gives different bytes") }
        if try await provider.unwrap(again, context: context) != first.key {
            failures.append("a wrapped key unwraps to itself")
        }
        let rewrapped = try await provider.rewrap(first.wrapped, context: context)
        if try await provider.unwrap(rewrapped, context: context) != first.key {
            failures.append("a rewrapped key unwraps to itself")
        }
        failures += await contextFailures(first.wrapped, context)
        failures += await damageFailures(first.wrapped, context)
        failures += try await descriptionFailures(first)
        failures += try await rotationFailures(first, context)
        return failures
    }

    /// Rotates the root of the provider: a suite is for a provider of its own.
    private func rotationFailures(
        _ first: GeneratedKey, _ context: KeyContext
    ) async throws(KeyError) -> [String] {
        var failures: [String] = []
        let before = try await provider.describe()
        try await provider.rotateRoot(now: 1_800_000_000_000_000)
        let after = try await provider.describe()
        if after.root != before.root || after.kind != before.kind { failures.append("a rotation keeps the root's id") }
        guard let old = before.versions.last, let new = after.versions.last, new.number > old.number else {
            return failures + ["a rotation makes a newer version"]
        }
        if try await provider.unwrap(first.wrapped, context: context) != first.key {
            failures.append("what was wrapped before a rotation still opens")
        }
        let fresh = try await provider.wrap(first.key, context: context)
        if fresh.rootVersion != new.number { failures.append("after a rotation the newest root wraps") }
        let moved = try await provider.rewrap(first.wrapped, context: context)
        if moved.rootVersion != new.number { failures.append("a rewrap moves a key to the newest root") }
        try await provider.retireRoots(before: new.number)
        if !after.keepsOldVersions {
            if await code(of: first.wrapped, context) != .unknownKey {
                failures.append("what was wrapped under a destroyed root is unknown")
            }
            if try await provider.describe().versions.map(\.number) != [new.number] {
                failures.append("a destroyed root is not listed")
            }
        }
        for wrapped in [fresh, moved] where try await provider.unwrap(wrapped, context: context) != first.key {
            failures.append("what was wrapped after a rotation opens once the old root is gone")
        }
        return failures
    }

    private func contextFailures(_ wrapped: WrappedKey, _ context: KeyContext) async -> [String] {
        var failures: [String] = []
        var application = context, tenant = context, purpose = context, version = context
        application.application += "x"
        tenant.tenant += 1
        purpose.purpose = "log"
        version.version += 1
        for (name, other) in [
            ("application", application), ("tenant", tenant), ("purpose", purpose), ("version", version),
        ] {
            if await code(of: wrapped, other) != .authentication {
                failures.append("another \(name) does not open the key")
            }
            do throws(KeyError) {
                _ = try await provider.rewrap(wrapped, context: other)
                failures.append("another \(name) does not rewrap the key")
            } catch {
                if error.code != .authentication {
                    failures.append("a rewrap under another \(name) says .authentication")
                }
            }
        }
        return failures
    }

    private func damageFailures(_ wrapped: WrappedKey, _ context: KeyContext) async -> [String] {
        var failures: [String] = []
        for index in wrapped.bytes.indices {
            var changed = wrapped
            changed.bytes[index] ^= 1
            if await code(of: changed, context) == nil { failures.append("a change of byte \(index) is refused") }
        }
        var cut = wrapped
        cut.bytes.removeLast()
        if await code(of: cut, context) == nil { failures.append("a cut key is refused") }
        cut.bytes = []
        if await code(of: cut, context) == nil { failures.append("an empty key is refused") }
        var other = wrapped
        other.root += "x"
        if await code(of: other, context) != .unknownKey { failures.append("another root is unknown") }
        other = wrapped
        other.rootVersion = .max
        if await code(of: other, context) != .unknownKey {
            failures.append("a root version that does not exist is unknown")
        }
        return failures
    }

    private func descriptionFailures(_ generated: GeneratedKey) async throws(KeyError) -> [String] {
        let description = try await provider.describe()
        var failures: [String] = []
        if description.versions.isEmpty { failures.append("the root has a version") }
        if generated.wrapped.provider != description.kind { failures.append("a wrapped key names its provider") }
        if generated.wrapped.root != description.root { failures.append("a wrapped key names its root") }
        if generated.wrapped.rootVersion != description.versions.last?.number {
            failures.append("new keys are wrapped under the newest root")
        }
        return failures
    }

    private func code(of wrapped: WrappedKey, _ context: KeyContext) async -> KeyError.Code? {
        do throws(KeyError) {
            _ = try await provider.unwrap(wrapped, context: context)
            return nil
        } catch {
            return error.code
        }
    }
}
