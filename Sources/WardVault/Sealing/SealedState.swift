internal import FoundationEssentials
public import WardKeys

/// What a long job remembers between its steps: a file that is sealed under the tenant's keys and replaced as a whole, so
/// that nobody who has the disk can read it or put other words in it.
///
/// Form: a ``SealedEnvelope`` (format 1) over JSON, with the additional data `"job/v1" ‖ LP(u32 tenant) ‖ LP(name)`. An
/// older file can be put back: whoever uses it must bear that work is done twice.
public struct SealedState<Value: Codable & Sendable>: Sendable {
    private let file: SecretFile
    private let name: String
    private let keys: TenantKeys

    /// The state of the job of this name, in the file at `path`, which need not be there.
    public init(_ name: String, path: String, keys: TenantKeys) {
        self.file = SecretFile(path)
        self.name = name
        self.keys = keys
    }

    /// What was written last; nil where there is none, where it was changed, or where the key-encryption key that it was
    /// sealed under is gone: then the job begins anew.
    public func read() -> Value? {
        guard let sealed = try? file.read(), let header = try? SealedEnvelope.header(of: sealed), header.format == 1,
            let key = try? keys.sealingKey(.job, version: header.keyVersion),
            let content = try? SealedEnvelope.open(sealed, aad: aad, key: key)
        else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(content))
    }

    /// Replaces it; durable on return.
    /// - Throws: ``VaultError`` with `.unavailable`; what was there before is there then.
    public func write(_ value: Value) throws(VaultError) {
        do {
            let sealed = try SealedEnvelope.seal(
                Array(try JSONEncoder().encode(value)), format: 1, aad: aad, key: try keys.sealingKey(.job))
            try file.replace(sealed)
        } catch {
            throw VaultError(.unavailable, "the state of a job cannot be written")
        }
    }

    private var aad: [UInt8] {
        var canonical = CanonicalBytes("job/v1")
        canonical.integer(UInt16(4))
        canonical.integer(keys.tenant)
        canonical.lengthPrefixed(name)
        return canonical.bytes
    }
}
