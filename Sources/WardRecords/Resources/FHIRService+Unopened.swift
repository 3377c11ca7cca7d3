internal import WardAudit
internal import WardDatabase
internal import WardVault

/// What the log is told of a record that was asked for and not opened: nothing that only the request says, and every patient whose it is.
extension FHIRService {
    /// The event of a request that failed, was refused, or found nothing, once for each patient of the record that it names, where that is
    /// there or was.
    ///
    /// Where it names nothing, an id that is no UUID may be any word, and so may the number of a version: neither is told. It costs one
    /// more read, on this way alone.
    func unopened(_ event: AuditEvent) async -> [AuditEvent] {
        guard event.patient == nil, let record = event.record, let id = record.id, !Interaction.writtenByServer.contains(record.type)
        else { return [withoutWords(event)] }
        do throws(VaultError) {
            guard let newest = try await vault.newest(record.type, id) else { return [withoutWords(event)] }
            var event = event
            if let version = record.version, version > newest.version { event.record?.version = nil }
            return event.perPatient(await patientsBefore(newest))
        } catch {
            guard [.shredded, .notAuthentic, .keyMissing].contains(error.code) else { return [withoutWords(event)] }
            var event = event
            // What cannot be opened tells whose it is by what the store says in the clear.
            event.patient = error.patient
            return [event.patient == nil ? ofPatient(event) : event]
        }
    }

    /// The patients of a record, or of what it was before it was deleted.
    private func patientsBefore(_ record: OpenedRecord) async -> [LogicalID] {
        let known = (try? patients(of: record)) ?? []
        guard known.isEmpty, record.isDeleted, record.version > 1,
            let former = try? await vault.version(record.version - 1, record.key.type, record.key.id)
        else { return known }
        return (try? patients(of: former)) ?? []
    }

    /// An event whose record is not known to be there, freed of what the client alone said.
    private func withoutWords(_ event: AuditEvent) -> AuditEvent {
        var event = event
        guard event.patient == nil, let record = event.record, let id = record.id else { return event }
        event.record?.version = nil
        if id.uuidBytes == nil { event.record = RecordReference(type: record.type) }
        return ofPatient(event)
    }

    /// What was asked of a patient is found by that patient too. Whether there is one of that id, a UUID does not say.
    private func ofPatient(_ event: AuditEvent) -> AuditEvent {
        guard let record = event.record, record.type == "Patient", let id = record.id else { return event }
        var event = event
        event.patient = id
        return event
    }
}
