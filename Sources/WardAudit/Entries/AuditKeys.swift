public import Crypto
internal import Synchronization
public import WardDatabase
public import WardKeys

/// The keys of the audit log of a tenant: they seal entries, make pseudonyms, and digest the values of searches.
///
/// They come from the tenant's keys for the purposes `audit` and `audit-pseudonym`, in every version that still opens
/// something; new entries use the newest.
///
/// An entry's key is `HKDF-SHA256(audit key, "entry/v1" ‖ first 3 bytes of the event id)`, its nonce the next 12
/// bytes of the event id: as an event id is never used twice (time, counter, 62 random bits), no key and nonce are
/// either, and neither takes room in the entry. A key serves for 4.7 hours, in which nonces are counted; so the bound
/// of AES-GCM for random nonces does not apply.
public final class AuditKeys: Sendable {
    /// The version that new entries are sealed with.
    public let newestVersion: UInt32
    private let versions: [UInt32: Version]
    private let periods = Mutex<[Period: SymmetricKey]>([:])
    /// Pseudonyms of new entries that were made lately, by kind, tenant and id.
    private let recent = Mutex<[Subject: [UInt8]]>([:])

    private struct Version: Sendable {
        var entries: SymmetricKey
        var pseudonyms: HMAC<SHA256>
    }

    private struct Subject: Hashable {
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
    public convenience init(tenant: TenantKeys) throws(KeyError) {
        var keys: [UInt32: (SymmetricKey, SymmetricKey)] = [:]
        keys[tenant.newestVersion] = (try tenant.key(.audit), try tenant.key(.auditPseudonym))
        for version in stride(from: UInt32(1), to: tenant.newestVersion, by: 1) {
            guard let audit = try? tenant.key(.audit, version: version),
                  let pseudonym = try? tenant.key(.auditPseudonym, version: version) else { continue }
            keys[version] = (audit, pseudonym)
        }
        self.init(versions: keys, newest: tenant.newestVersion)
    }

    /// Keys of one version, number 1, 32 bytes each.
    public convenience init(auditKey: SymmetricKey, pseudonymKey: SymmetricKey) {
        self.init(versions: [1: (auditKey, pseudonymKey)], newest: 1)
    }

    private init(versions: [UInt32: (SymmetricKey, SymmetricKey)], newest: UInt32) {
        newestVersion = newest
        self.versions = versions.mapValues { Version(entries: $0.0, pseudonyms: HMAC<SHA256>(key: $0.1)) }
    }

    /// The pseudonyms that a patient has in the log: 16 bytes, one for each version of the keys, newest first.
    public func patientPseudonyms(_ patient: LogicalID, tenant: TenantID) -> [[UInt8]] {
        versions.keys.sorted(by: >).compactMap { pseudonym("patient", patient.text, tenant: tenant, version: $0) }
    }

    /// The pseudonyms that an agent has in the log: 16 bytes, one for each version of the keys, newest first.
    public func agentPseudonyms(_ actor: String, tenant: TenantID) -> [[UInt8]] {
        versions.keys.sorted(by: >).compactMap { pseudonym("agent", actor, tenant: tenant, version: $0) }
    }

    /// The pseudonym of a patient in a new entry; zeros where there is none.
    func patientPseudonym(_ patient: LogicalID?, tenant: TenantID) -> [UInt8] {
        patient.flatMap { cached(Subject(isPatient: true, tenant: tenant, id: $0.text)) } ?? Self.none
    }

    /// The pseudonym of an agent in a new entry; zeros where there is none.
    func agentPseudonym(_ actor: String?, tenant: TenantID) -> [UInt8] {
        actor.flatMap { cached(Subject(isPatient: false, tenant: tenant, id: $0)) } ?? Self.none
    }

    /// The digest of a search parameter's value in a new entry: 8 bytes, keyed, bound to the name.
    func queryDigest(name: String, value: String) -> [UInt8] {
        guard var code = versions[newestVersion]?.pseudonyms else { return Array(Self.none.prefix(8)) }
        for text in ["query", name, value] { Self.add(text, to: &code) }
        return Array(code.finalize().prefix(8))
    }

    /// The key that seals the payload of an event.
    /// - Throws: ``AuditError`` with `.sealed` where there is no such version.
    func sealingKey(for event: EventID, version: UInt32) throws(AuditError) -> SymmetricKey {
        guard let entries = versions[version]?.entries else {
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
        let made = pseudonym(kind, subject.id, tenant: subject.tenant, version: newestVersion)
        recent.withLock { recent in
            if recent.count >= Self.recentBound { recent.removeAll(keepingCapacity: true) }
            recent[subject] = made
        }
        return made
    }

    private func pseudonym(_ kind: String, _ id: String, tenant: TenantID, version: UInt32) -> [UInt8]? {
        guard var code = versions[version]?.pseudonyms else { return nil }
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
