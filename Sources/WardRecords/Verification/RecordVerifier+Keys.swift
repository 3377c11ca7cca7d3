internal import WardDatabase
internal import WardVault

/// Data keys and key-encryption keys, against the versions that need them.
extension RecordVerifier {
    /// Data keys that are held against the versions in one go.
    static let pageKeys = 20_000
    /// Versions whose keys are read in one go.
    private static let pageUses = 50_000
    /// A key that is so young may be waiting for its first version.
    private static let youth: Int64 = 3_600_000_000

    /// All of them.
    func checkKeys(_ report: inout RecordReport) async throws {
        var place: WrappedKeyPlace?
        repeat { place = try await checkKeys(after: place, limit: Self.pageKeys, &report) } while place != nil
        try await checkWrappingKeys(&report)
    }

    /// Opens the data keys of a page, and looks for those that no version names.
    /// - Returns: where the next page begins; nil at the end.
    func checkKeys(
        after place: WrappedKeyPlace?, limit: Int, _ report: inout RecordReport
    ) async throws -> WrappedKeyPlace? {
        let held = try await vault.heldKeys(after: place, limit: limit)
        let old = clock.now() - Self.youth
        var unused = Set(held.filter { $0.isSound && $0.createdAt < old }.map(\.use))
        for key in held where !key.isSound {
            report.add(RecordFault(
                kind: .keyDamaged, record: Self.id(key.use), version: UInt64(key.use.version),
                what: "the data key does not open, or is another than the one that was committed to"))
        }
        var after: Int64? = 0
        while let from = after, !unused.isEmpty {
            let page = try await records.keyUses(tenant: vault.tenant, after: from, limit: Self.pageUses)
            unused.subtract(page.uses)
            after = page.next
        }
        for key in held where unused.contains(key.use) { report.addUnused("\(Self.id(key.use))/\(key.use.version)") }
        return held.count < limit ? nil : held.last?.place
    }

    /// Looks for older key-encryption keys under which no data key lies any more.
    func checkWrappingKeys(_ report: inout RecordReport) async throws {
        let inUse: Set<UInt32>
        do throws(VaultError) {
            inUse = try await vault.wrappingKeys()
        } catch {
            // A row of which that cannot be told is named among the flaws of the store, and may need any of them.
            guard error.code == .notAuthentic else { throw error }
            return
        }
        for version in vault.olderKeyEncryptionKeys where !inUse.contains(version) {
            report.addUnused("tenant-\(vault.tenant.rawValue)/kek/\(version)")
        }
    }

    private static func id(_ use: KeyUse) -> String { use.patient.map { "Patient/\($0)/key" } ?? "shared/key" }
}
