internal import WardDatabase
internal import WardKeys

/// Turns events into entries and back: `header ‖ AES-256-GCM(payload, AAD = origin ‖ header)`.
///
/// The header stands in the associated data with zeros for the emitter sequence and the digest, which are filled in
/// when the event commits; everything else in it is sealed with the payload.
///
/// The origin is that of the year of the event's own time, so an entry that is sequenced into the next year's book
/// can still be opened. Key and nonce follow from the event id (``AuditKeys``).
public struct EntrySealer: Sendable {
    let origin: LogOrigin
    let keys: AuditKeys

    /// A sealer for a log.
    public init(origin: LogOrigin, keys: AuditKeys) {
        self.origin = origin
        self.keys = keys
    }

    /// Seals an event.
    /// - Parameters:
    ///   - time: microseconds since 1970-01-01T00:00:00Z.
    ///   - digest: SHA-256 of the sealed resource, 32 bytes; nil where none was written.
    /// - Throws: ``AuditError`` with `.tooLarge`.
    func seal(
        _ event: AuditEvent, id: EventID, time: Int64, emitter: EmitterID, sequence: UInt64, digest: [UInt8]?
    ) throws(AuditError) -> [UInt8] {
        precondition(digest.map { $0.count == 32 } ?? true, "a digest has 32 bytes")
        let tenant = event.origin.tenant
        // One version for all of the entry, also while the keys are rotated.
        let version = keys.newestVersion
        let payload = EventPayload.encode(event) { parameter in
            parameter.digest ?? keys.queryDigest(name: parameter.name, value: parameter.value ?? "", version: version)
        }
        guard payload.count + EntryHeader.smallestEntry <= AuditLimits.entryBytes else {
            throw AuditError(.tooLarge, "an entry takes at most 65,535 bytes")
        }
        let header = EntryHeader(
            eventID: id, time: time, tenant: tenant, kind: event.kind, action: event.action, outcome: event.outcome,
            patient: keys.patientPseudonym(event.patient, tenant: tenant, version: version),
            agent: keys.agentPseudonym(event.origin.actor?.id, tenant: tenant, version: version),
            emitter: emitter, sequence: sequence, digest: digest ?? [UInt8](repeating: 0, count: 32),
            keyVersion: version)
        var entry: [UInt8] = []
        entry.reserveCapacity(payload.count + EntryHeader.smallestEntry)
        header.append(to: &entry)
        let data = associatedData(entry, time: time)
        let key = try keys.sealingKey(for: id, version: version)
        do {
            try Array(id.bytes[3..<15]).withUnsafeBytes { nonce in
                try payload.withUnsafeBytes { try AESGCM.encrypt($0, aad: data, key: key, nonce: nonce, into: &entry) }
            }
        } catch {
            throw AuditError(.sealed, "the payload could not be sealed")
        }
        return entry
    }

    /// Opens an entry.
    /// - Throws: ``AuditError``: `.sealed` where the key or the origin is another one or the bytes were changed,
    ///   `.malformed`.
    public func open(_ entry: [UInt8]) throws(AuditError) -> (header: EntryHeader, event: AuditEvent) {
        let header = try EntryHeader(parsing: entry)
        let payload: [UInt8]
        let data = associatedData(entry, time: header.time)
        let key = try keys.sealingKey(for: header.eventID, version: header.keyVersion)
        do {
            payload = try Array(header.eventID.bytes[3..<15]).withUnsafeBytes { nonce in
                try entry[EntryHeader.byteCount...].withUnsafeBytes { sealed in
                    try AESGCM.decrypt(sealed, aad: data, key: key, nonce: nonce)
                }
            }
        } catch {
            throw AuditError(.sealed, "the entry cannot be opened with this key")
        }
        var event = AuditEvent(header.kind, by: EventOrigin(tenant: header.tenant, actor: nil), outcome: header.outcome)
        event.action = header.action
        try EventPayload.decode(payload, into: &event)
        return (header, event)
    }

    /// The origin of the book of the entry's time, and the first 116 bytes of the entry without sequence and digest.
    private func associatedData(_ entry: [UInt8], time: Int64) -> [UInt8] {
        var data = Array(origin.origin(year: CalendarDate.year(of: time)).utf8)
        data.reserveCapacity(data.count + EntryHeader.byteCount)
        data += entry[..<EntryHeader.Offset.sequence]
        data += repeatElement(0, count: EntryHeader.Offset.keyVersion - EntryHeader.Offset.sequence)
        data += entry[EntryHeader.Offset.keyVersion..<EntryHeader.byteCount]
        return data
    }
}
