import WardFHIR
import WardSearch
@testable import WardRecords

/// The CapabilityStatement, read as a client reads it.
enum CapabilityStatementText {
    static func resource(_ type: String) throws -> JSONNode {
        let rest = try document()["rest"]?.elements.first { _ in true }
        guard let found = rest?["resource"]?.elements.first(where: { $0["type"]?.string == type }) else { throw Missing() }
        return found
    }

    static func document() throws -> JSONNode {
        try JSONDocument(
            parsing: CapabilityStatement(catalog: .r4, definitions: .r4).serialized(baseURL: "https://ward.test/fhir")).root
    }

    struct Missing: Error {}
}
