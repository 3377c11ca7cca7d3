internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

extension FHIRService {
    /// A resource that was taken in, as a draft: stamped, its search values extracted.
    /// - Throws: ``FHIRError`` 422 where a search value cannot be read from it, or there are too many.
    func draft(
        _ node: JSONNode, type: String, id: LogicalID, version: UInt64, baseURL: String, edits: JSONEdits = JSONEdits()
    ) throws(FHIRError) -> RecordDraft {
        let now = clock.now() / 1_000 * 1_000
        let content = stamp.stamped(node, id: id, version: version, updatedAt: now, edits: edits)
        let values = try catalog.extract(
            try ResourceIntake.parse(content), type: type, id: id.text, context: SearchContext(baseURL: baseURL, now: now))
        return RecordDraft(
            type: type, id: id, patient: values.patient.flatMap { LogicalID($0) }, version: version, updatedAt: now,
            content: content, filter: FilterRecord.encode(values), terms: try IndexTerms.terms(values))
    }

    /// The version that marks a deletion.
    func deletion(of record: OpenedRecord) -> RecordDraft {
        RecordDraft(
            type: record.key.type, id: record.key.id, patient: record.patient, version: record.version + 1,
            updatedAt: clock.now() / 1_000 * 1_000, isDeleted: true, content: [])
    }
}
