internal import WardAudit
internal import WardDatabase
internal import WardFHIR
internal import WardVault

/// Names of patients, for the log's question after same names. They are compared inside and never shown.
struct PatientNames: Sendable {
    let vault: Vault

    /// The names of those whose record is there and readable.
    func names(of patients: [LogicalID]) async throws -> [LogicalID: LogQuestions.PatientName] {
        var found: [LogicalID: LogQuestions.PatientName] = [:]
        for patient in patients {
            // A record that cannot be opened has no name to compare; `ward verify` is what names it.
            guard let record = try? await vault.newest("Patient", patient), !record.isDeleted,
                  let document = try? JSONDocument(parsing: record.content) else { continue }
            var name = LogQuestions.PatientName(family: [], given: [])
            for item in document.root["name"]?.elements.map({ $0 }) ?? [] {
                if let family = item["family"]?.string { name.family.append(family) }
                name.given += item["given"]?.elements.compactMap(\.string) ?? []
            }
            found[patient] = name
        }
        return found
    }

    /// ``names(of:)`` as the questions take it.
    var names: LogQuestions.Names { { try await names(of: $0) } }
}
