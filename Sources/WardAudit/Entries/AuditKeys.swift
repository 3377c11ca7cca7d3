public import Crypto
internal import Synchronization
public import WardDatabase
public import WardKeys

/// The keys of the audit log of a tenant: they seal entries, make pseudonyms, and digest the values of searches.
///
/// They come from the tenant's keys for the purposes `audit` and `audit-pseudonym`, in every version that still opens
/// something; new entries use the newest. Rotations are followed at once.
///
/// An entry's key is `HKDF-SHA256(audit key, "entry/v1" ‖ first 3 bytes of the event id)`, its nonce the next 12
/// bytes of the event id: as an event id is never used twice (time, counter, 62 random bits), no key and nonce are
/// either, and neither takes room in the entry. A key serves for 4.7 hours, in which nonces are counted; so the bound
/// of AES-GCM for random nonces does not apply.
public final class AuditKeys: Sendable {
    private let source: Source
    private let versions = Mutex<[UInt32: Version]>([:])
    private let periods = Mutex<[Period: SymmetricKey]>([:])
    /// Pseudonyms of new entries that were made lately, by version, kind, tenant and id.
    private let recent = Mutex<[Subject: [UInt8]]>([:])

    private enum Source: Sendable {
        case tenant(TenantKeys)
        case fixed(audit: SymmetricKey, pseudonyms: SymmetricKey)
    }

    private struct Version: Sendable {
        var entries: SymmetricKey
        var pseudonyms: HMAC<SHA256>
    }

    private struct Subject: Hashable {
        var version: UInt32
        var isPatient: Bool
        var tenant: TenantID
        var id: String
    }

    private static let recentBound = 4_096

    private struct Period: Hashable {
        var version: UInt32
        var prefix: UInt32
    }

    /// The audit keys of a tenant.
    /// - Throws: `KeyError` with `.unknownKey` where the newest version has no key.
    public init(tenant: TenantKeys) throws(KeyError) {
        _ = try (tenant.key(.audit), tenant.key(.auditPseudonym))
        source = .tenant(tenant)
    }

    /// Keys of one version, number 1, 32 bytes each.
    public init(auditKey: SymmetricKey, pseudonymKey: SymmetricKey) {
        source = .fixed(audit: auditKey, pseudonyms: pseudonymKey)
    }

    /// The version that new entries are sealed with.
    public var newestVersion: UInt32 {
        switch source {
        case .tenant(let keys): keys.newestVersion
        case .fixed: 1
        }
    }

    private var allVersions: [UInt32] {
        switch source {
        case .tenant(let keys): keys.versions(of: .auditPseudonym)
        case .fixed: [1]
        }
    }

    private func keys(_ version: UInt32) -> Version? {
        if let known = versions.withLock({ $0[version] }) { return known }
        let found: Version
        switch source {
        case .tenant(let keys):
            guard let audit = try? keys.key(.audit, version: version),
                  let pseudonym = try? keys.key(.auditPseudonym, version: version) else { return nil }
            found = Version(entries: audit, pseudonyms: HMAC<SHA256>(key: pseudonym))
        case .fixed(let audit, let pseudonyms):
            guard version == 1 else { return nil }
            found = Version(entries: audit, pseudonyms: HMAC<SHA256>(key: pseudonyms))
        }
        versions.withLock { $0[version] = found }
        return found
    }

    /// The pseudonyms that a patient has in the log: 16 bytes, one for each version of the keys, newest first.
    public func patientPseudonyms(_ patient: LogicalID, tenant: TenantID) -> [[UInt8]] {
        allVersions.compactMap { pseudonym("patient", patient.text, tenant: tenant, version: $0) }
    }

    /// The pseudonyms that an agent has in the log: 16 bytes, one for each version of the keys, newest first.
    public func agentPseudonyms(_ actor: String, tenant: TenantID) -> [[UInt8]] {
        allVersions.compactMap { pseudonym("agent", actor, tenant: tenant, version: $0) }
    }

    /// The pseudonym of a patient in a new entry; zeros where there is none.
    func patientPseudonym(_ patient: LogicalID?, tenant: TenantID, version: UInt32) -> [UInt8] {
        patient.flatMap { cached(Subject(version: version, isPatient: true, tenant: tenant, id: $0.text)) } ?? Self.none
    }

    /// The pseudonym of an agent in a new entry; zeros where there is none.
    func agentPseudonym(_ actor: String?, tenant: TenantID, version: UInt32) -> [UInt8] {
        actor.flatMap { cached(Subject(version: version, isPatient: false, tenant: tenant, id: $0)) } ?? Self.none
    }

    /// The digest of a search parameter's value in a new entry: 8 bytes, keyed, bound to the name.
    func queryDigest(name: String, value: String, version: UInt32) -> [UInt8] {
        guard var code = keys(version)?.pseudonyms else { return Array(Self.none.prefix(8)) }
        for text in ["query", name, value] { Self.add(text, to: &code) }
        return Array(code.finalize().prefix(8))
    }

    /// The key that seals the payload of an event.
    /// - Throws: ``AuditError`` with `.sealed` where there is no such version.
    func sealingKey(for event: EventID, version: UInt32) throws(AuditError) -> SymmetricKey {
        guard let entries = keys(version)?.entries else {
            throw AuditError(.sealed, "the version of the audit key is not in the keyring")
        }
        let bytes = event.bytes[0..<3]
        let period = Period(version: version, prefix: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        return periods.withLock { periods in
            if let key = periods[period] { return key }
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: entries, info: Array("entry/v1".utf8) + bytes, outputByteCount: 32)
            if periods.count >= 64 { periods.removeAll(keepingCapacity: true) }
            periods[period] = key
            return key
        }
    }

    private static let none = [UInt8](repeating: 0, count: 16)

    private func cached(_ subject: Subject) -> [UInt8]? {
        if let known = recent.withLock({ $0[subject] }) { return known }
        let kind = subject.isPatient ? "patient" : "agent"
        let made = pseudonym(kind, subject.id, tenant: subject.tenant, version: subject.version)
        recent.withLock { recent in
            if recent.count >= Self.recentBound { recent.removeAll(keepingCapacity: true) }
            recent[subject] = made
        }
        return made
    }

    private func pseudonym(_ kind: String, _ id: String, tenant: TenantID, version: UInt32) -> [UInt8]? {
        guard var code = keys(version)?.pseudonyms else { return nil }
        Self.add(kind, to: &code)
        code.update(data: tenant.bytes)
        Self.add(id, to: &code)
        return Array(code.finalize().prefix(16))
    }

    /// Adds text with its length before it, so that no two lists of texts look alike.
    private static func add(_ text: String, to code: inout HMAC<SHA256>) {
        let bytes = Array(text.utf8)
        code.update(data: [UInt8(truncatingIfNeeded: bytes.count >> 16), UInt8(truncatingIfNeeded: bytes.count >> 8),
                           UInt8(truncatingIfNeeded: bytes.count)] + bytes)
    }
}
