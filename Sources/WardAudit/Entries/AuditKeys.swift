public import Crypto
internal import Synchronization
public import WardDatabase

/// What is derived from the audit key of a home: keys that seal entries, make pseudonyms, and digest the values of searches.
///
/// One key, one purpose: HKDF-SHA256 with the info strings `ward/audit/entries/v1`, `ward/audit/pseudonyms/v1`, `ward/audit/queries/v1`.
///
/// An entry's key is `HKDF(entries, "entry/v1" ‖ first 3 bytes of the event id)`, its nonce the next 12 bytes of the event id: as an event
/// id is never used twice (time, counter, 62 random bits), no key and nonce are either, and neither takes room in the entry.
/// A key serves for 4.7 hours, in which the bound of AES-GCM for random nonces does not apply: these are counted.
public final class AuditKeys: Sendable {
    private let entries: SymmetricKey
    private let pseudonyms: HMAC<SHA256>
    private let queries: HMAC<SHA256>
    private let periods = Mutex<[UInt32: SymmetricKey]>([:])

    /// Derives the keys from the audit key, 32 bytes.
    public init(auditKey: SymmetricKey) {
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: auditKey, info: Array("ward/audit/\(purpose)/v1".utf8), outputByteCount: 32)
        }
        entries = derive("entries")
        pseudonyms = HMAC<SHA256>(key: derive("pseudonyms"))
        queries = HMAC<SHA256>(key: derive("queries"))
    }

    /// The key that seals the payload of an event.
    func sealingKey(for event: EventID) -> SymmetricKey {
        let prefix = event.bytes[0..<3]
        let period = prefix.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return periods.withLock { periods in
            if let key = periods[period] { return key }
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: entries, info: Array("entry/v1".utf8) + prefix, outputByteCount: 32)
            if periods.count >= 64 { periods.removeAll(keepingCapacity: true) }
            periods[period] = key
            return key
        }
    }

    /// The pseudonym of a patient: 16 bytes; the same patient always has the same one in a tenant.
    public func patientPseudonym(_ patient: LogicalID?, tenant: TenantID) -> [UInt8] {
        pseudonym("patient", patient?.text, tenant: tenant)
    }

    /// The pseudonym of an agent: 16 bytes.
    public func agentPseudonym(_ actor: String?, tenant: TenantID) -> [UInt8] {
        pseudonym("agent", actor, tenant: tenant)
    }

    /// The digest of a search parameter's value: 8 bytes, keyed, bound to the name.
    public func queryDigest(name: String, value: String) -> [UInt8] {
        var code = queries
        Self.add(name, to: &code)
        Self.add(value, to: &code)
        return Array(code.finalize().prefix(8))
    }

    private func pseudonym(_ kind: String, _ id: String?, tenant: TenantID) -> [UInt8] {
        guard let id else { return [UInt8](repeating: 0, count: 16) }
        var code = pseudonyms
        Self.add(kind, to: &code)
        code.update(data: tenant.bytes)
        Self.add(id, to: &code)
        return Array(code.finalize().prefix(16))
    }

    /// Adds text with its length before it, so that no two lists of texts look alike.
    private static func add(_ text: String, to code: inout HMAC<SHA256>) {
        let bytes = Array(text.utf8)
        code.update(data: [UInt8(truncatingIfNeeded: bytes.count >> 16), UInt8(truncatingIfNeeded: bytes.count >> 8),
                           UInt8(truncatingIfNeeded: bytes.count)])
        code.update(data: bytes)
    }
}
