extension Keyring {
    /// Makes the log key that is to take over: ``nextLog``. Where there is one already, from a rotation that was
    /// interrupted, it stays.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``; nothing changed then.
    public func makeNextLog(now: Int64) async throws(KeyError) -> KeyChange {
        if nextLog != nil { return KeyChange() }
        let (provider, random) = (provider, random)
        return try await change { documents throws(KeyError) in
            let version = (documents.log.keys.map(\.version).max() ?? 0) + 1
            let signing = random.key()
            let context = KeyContext(application: documents.log.application, log: version)
            let wrapped = try await provider.wrap(signing, context: context)
            let key = try LogKey(name: documents.log.name, privateKey: signing)
            documents.log.keys.append(.init(
                publicKey: Base64Bytes(key.publicKey.bytes),
                privateKey: ProviderWrapped(
                    wrapped, version: version, createdAt: now, commitment: Derivation.commitment(to: signing)),
                retired: nil))
            return KeyChange(made: ["log/\(version)"])
        }
    }

    /// Lets the next log key sign from here on, and destroys the private half of the one before. Durable on return.
    /// - Parameter handover: the last checkpoint of the older key, signed by both: a signed note.
    /// - Throws: ``KeyError`` with `.unknownKey` where there is no next key; nothing changed then. With `.unsettled` nobody
    ///   knows which of the two keys a crash would leave: call again with the same handover, and sign nothing before.
    public func retireLog(handover: [UInt8]) async throws(KeyError) -> KeyChange {
        try await change { documents throws(KeyError) in
            guard let signing = documents.log.signing, signing + 1 < documents.log.keys.count else {
                throw KeyError(.unknownKey, "no log key is about to take over")
            }
            let old = documents.log.keys[signing]
            documents.log.keys[signing].privateKey = nil
            documents.log.keys[signing].retired = .init(
                version: old.version, createdAt: old.createdAt, handover: Base64Bytes(handover))
            return KeyChange(destroyed: ["log/\(old.version)"])
        }
    }
}
