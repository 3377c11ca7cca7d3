internal import WardFHIR

/// What the measurements ask for: records and pairs of patient and code, spread over all that was loaded.
struct Subjects: Sendable {
    /// `Type/id` of records.
    var records: [String] = []
    /// `patient=…&code=…` of observations that exist.
    var searches: [String] = []
    /// Ids of patients.
    var patients: [String] = []

    /// Asks the server for them.
    static func collect(_ client: SignedInClient) async throws -> Subjects {
        var subjects = Subjects()
        subjects.patients = try await client.get("Patient?_count=1000").root["entry"]?.elements.compactMap {
            $0["resource"]?["id"]?.string
        } ?? []
        guard !subjects.patients.isEmpty else { throw BenchError("no patient was found") }
        let step = max(1, subjects.patients.count / 100)
        for patient in subjects.patients.indices.filter({ $0 % step == 0 }).map({ subjects.patients[$0] }) {
            for type in ["Observation", "Encounter", "Condition"] {
                let page = try await client.get("\(type)?patient=\(patient)&_count=100")
                for entry in page.root["entry"]?.elements.map({ $0 }) ?? [] {
                    guard let resource = entry["resource"], let id = resource["id"]?.string else { continue }
                    subjects.records.append("\(type)/\(id)")
                    let coding = resource["code"]?["coding"]?.elements.first { _ in true }
                    if type == "Observation", let code = coding?["code"]?.string { subjects.searches.append("patient=\(patient)&code=\(code)") }
                }
            }
        }
        guard !subjects.searches.isEmpty else { throw BenchError("no observation was found") }
        return subjects
    }
}
