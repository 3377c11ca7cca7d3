internal import WardAudit
internal import WardFHIR
internal import WardIdentity
internal import WardRecords

/// Finds the patient of a launch, as the person themself: by the same policies and with the same entries in the audit log
/// as any search of theirs.
struct PatientChoice: Sendable {
    let services: EdgeServices
    let base: BaseURL
    let requestID: String

    /// A patient among whom to choose.
    struct Found: Sendable {
        var id: String
        var name: String
        var birthDate: String
    }

    /// Patients of that name, twenty at most.
    func find(_ name: String, _ caller: Caller) async throws -> [Found] {
        guard !name.isEmpty, name.utf8.count <= 200 else { return [] }
        let request = FHIRRequest(
            method: "GET", path: ["Patient"], query: [("name", name), ("_count", "20")], body: [], requestID: requestID,
            source: caller.source, baseURL: base.fhir)
        let answer = try await services.fhir(request, caller).value
        guard answer.status == 200, let document = try? JSONDocument(parsing: answer.body) else { return [] }
        return (document.root["entry"].map { Array($0.elements) } ?? []).compactMap { entry in
            guard let resource = entry["resource"], let id = resource["id"]?.string else { return nil }
            return Found(id: id, name: Self.name(resource), birthDate: resource["birthDate"]?.string ?? "")
        }
    }

    /// Whether the person may read this patient's record, and there is one.
    func isReadable(_ id: String, _ caller: Caller) async throws -> Bool {
        guard (1...64).contains(id.utf8.count) else { return false }
        let request = FHIRRequest(
            method: "GET", path: ["Patient", id], body: [], requestID: requestID, source: caller.source,
            baseURL: base.fhir)
        return try await services.fhir(request, caller).value.status == 200
    }

    private static func name(_ patient: JSONNode) -> String {
        guard let name = patient["name"]?.elements.first(where: { _ in true }) else { return "(no name)" }
        if let text = name["text"]?.string { return text }
        let given = name["given"].map { $0.elements.compactMap(\.string) } ?? []
        return (given + [name["family"]?.string ?? ""]).filter { !$0.isEmpty }.joined(separator: " ")
    }
}
