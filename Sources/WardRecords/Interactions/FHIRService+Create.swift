internal import WardAccess
internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

extension FHIRService {
    /// `POST [base]/[type]`: a new resource under an id of our own; with `If-None-Exist` only where nothing matches.
    /// Source: https://hl7.org/fhir/R4/http.html#create and #ccreate
    func create(type: String, _ operation: Operation) async throws -> Performed {
        let node = try intake.resource(operation.request, type: type)
        guard let criteria = operation.request.ifNoneExist else {
            let draft = try await draft(node, type: type, id: ids.nextLogicalID(), version: 1, operation)
            return try await write(draft, operation)
        }
        var searched: [AuditEvent] = []
        for _ in 0..<limits.attempts {
            searched = []
            do {
                let match = try await match(
                    criteria, type: type, place: "If-None-Exist", for: "conditional-create", operation, telling: &searched)
                if let found = match.found { return try await present(found, type, searched, operation) }
                let draft = try await draft(node, type: type, id: ids.nextLogicalID(), version: 1, operation)
                return try await write(draft, operation, match: match, searched: searched)
            } catch let error as VaultError where error.code == .preconditionFailed || error.code == .indexMoved {
                continue
            } catch {
                throw ToldFailure(cause: error, events: searched)
            }
        }
        throw ToldFailure(
            cause: FHIRError.conflict("other writes kept changing what the criteria match; try again"), events: searched)
    }

    /// The answer of a conditional create that found its match.
    private func present(
        _ id: LogicalID, _ type: String, _ searched: [AuditEvent], _ operation: Operation
    ) async throws -> Performed {
        // Nothing was made: who asked got to know of a record.
        var event = AuditEvent(.read, by: operation.origin, record: .init(type: type, id: id), reason: "exists", status: 200)
        event.interaction = "conditional-create"
        guard let record = try await vault.newest(type, id), !record.isDeleted else { throw FHIRError.conflict() }
        event.record?.version = record.version
        event.patient = record.patient
        var response = FHIRResponse(
            status: 200, version: record.version, updatedAt: record.updatedAt,
            location: "\(type)/\(id)/_history/\(record.version)")
        if operation.permit.answer == .content, try gate.admits(record, operation.permit) { response.body = record.content }
        return Performed(response, events: searched + event.perPatient(try patients(of: record)))
    }
}
