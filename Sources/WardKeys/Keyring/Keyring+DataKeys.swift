extension Keyring {
    /// Notes that every owner of data keys is to get one that is made from now on; where an earlier rotation has not
    /// ended, that one goes on.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: ``KeyError``; nothing changed then.
    public func beginDataKeys(_ tenant: UInt32, now: Int64) async throws(KeyError) {
        _ = try self.tenant(tenant)
        guard unfinishedDataKeys(tenant) == nil else { return }
        try await change { documents throws(KeyError) in
            for place in documents.keyring.tenants.indices where documents.keyring.tenants[place].tenant == tenant {
                guard documents.keyring.tenants[place].dataKeys?.isFinished ?? true else { continue }
                documents.keyring.tenants[place].dataKeys = .init(begunAt: now, isFinished: false)
            }
        }
    }

    /// When the rotation of data keys that has not ended began: keys from before are to be followed by new ones; nil
    /// where there is none.
    public func unfinishedDataKeys(_ tenant: UInt32) -> Int64? {
        let rotation = documents.keyring.tenants.first { $0.tenant == tenant }?.dataKeys
        return rotation.flatMap { $0.isFinished ? nil : $0.begunAt }
    }

    /// Notes that every owner has a data key from after this beginning.
    /// - Throws: ``KeyError``; nothing changed then.
    public func endDataKeys(_ tenant: UInt32, begunAt: Int64) async throws(KeyError) {
        try await change { documents throws(KeyError) in
            for place in documents.keyring.tenants.indices
            where documents.keyring.tenants[place].tenant == tenant
                && documents.keyring.tenants[place].dataKeys?.begunAt == begunAt
            {
                documents.keyring.tenants[place].dataKeys?.isFinished = true
            }
        }
    }
}
