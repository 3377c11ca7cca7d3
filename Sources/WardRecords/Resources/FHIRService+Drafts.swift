internal import WardAccess
internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

extension FHIRService {
    /// A resource that was taken in, as a draft: stamped, its search values extracted.
    /// - Throws: ``FHIRError`` 400 where it names a patient of this server in a form by which nobody would find it, 422 where
    ///   a search value cannot be read from it, where there are too many, or where it is in
    ///   the compartment of a patient whose id a production home does not take; ``Refusal`` where the operation is about one
    ///   patient and the resource names another.
    func draft(
        _ node: JSONNode, type: String, id: LogicalID, version: UInt64, _ operation: Operation, edits: JSONEdits = JSONEdits()
    ) async throws -> RecordDraft {
        let now = clock.now() / 1_000 * 1_000
        let content = stamp.stamped(node, id: id, version: version, updatedAt: now, edits: edits)
        let resource = try ResourceIntake.parse(content)
        let context = SearchContext(baseURL: operation.request.baseURL, now: now)
        let references = PatientReferences(in: resource, type: type, context: context)
        // First, so that what it is told does not depend on whether the other is a patient here.
        if let only = operation.permit.writesOnlyOf {
            let named = catalog.patients(namedIn: resource, type: type, context: context)
            guard references.elsewhere.isEmpty, named.allSatisfy({ $0 == only.text }) else { throw Refusal.otherPatient }
        }
        try await requireFindable(references)
        let values = try catalog.extract(resource, type: type, id: id.text, context: context)
        if type != "Patient" { try allowsPatients(of: values, resource, type) }
        let (terms, epoch) = try terms(values)
        return RecordDraft(
            type: type, id: id, patient: values.patient.flatMap { LogicalID($0) }, version: version, updatedAt: now,
            content: content, filter: FilterRecord.encode(values), terms: terms, indexEpoch: epoch)
    }

    /// Refuses references to patients of this server that would place the record under no patient's key.
    private func requireFindable(_ references: PatientReferences) async throws {
        if let path = references.misshapen {
            throw FHIRError.invalid(path: path, "a reference to a patient of this server must be written as Patient/ID")
        }
        for reference in references.elsewhere {
            guard let id = LogicalID(reference.id), try await vault.hasKey(id) else { continue }
            throw FHIRError.invalid(
                path: reference.path, "this is a patient of this server under another address; it must be written as Patient/ID")
        }
    }

    /// A draft with the terms of the epoch of the index that is the newest now: where another began after it was made.
    func reindexed(_ draft: RecordDraft) throws(FHIRError) -> RecordDraft {
        guard !draft.isDeleted else { return draft }
        var draft = draft
        let resource = try ResourceIntake.parse(draft.content)
        var values = try catalog.extract(
            resource, type: draft.type, id: draft.id.text,
            context: SearchContext(baseURL: FilterRecord.base(of: draft.filter), now: draft.updatedAt))
        values.patient = draft.patient?.text
        (draft.terms, draft.indexEpoch) = try terms(values)
        return draft
    }

    private func terms(_ values: ExtractedValues) throws(FHIRError) -> ([IndexTerm], UInt32?) {
        let epoch = vault.indexEpochs.last
        guard let policy = IndexPolicy.of(epoch?.policy) else { throw SearchRun.unknownPolicy }
        return (try IndexTerms.terms(values, policy: policy), epoch?.number)
    }

    /// The version that marks a deletion.
    func deletion(of record: OpenedRecord) -> RecordDraft {
        RecordDraft(
            type: record.key.type, id: record.key.id, patient: record.patient, version: record.version + 1,
            updatedAt: clock.now() / 1_000 * 1_000, isDeleted: true, content: [])
    }

    /// The id of the patient in whose compartment a resource is lies in the clear, as ids do: a production home takes only random ones.
    private func allowsPatients(of values: ExtractedValues, _ resource: JSONNode, _ type: String) throws(FHIRError) {
        guard !intake.isDevelopment else { return }
        for patient in values.sharedPatients + [values.patient].compactMap(\.self) where LogicalID(patient)?.uuidBytes == nil {
            throw .unprocessable(
                "a reference to a patient here must name a UUID in lower case: ids lie in the clear",
                path: ReferencePath.find("Patient/\(patient)", in: resource, at: type) ?? type)
        }
    }
}
