import WardFHIR
import WardSearch
@testable import WardRecords

/// The CapabilityStatement, read as a client reads it.
enum CapabilityStatementText {
    static func resource(_ type: String) throws -> JSONNode {
        let bytes = CapabilityStatement(catalog: .r4, definitions: .r4).serialized(baseURL: "https://ward.test/fhir")
        let rest = try JSONDocument(parsing: bytes).root["rest"]?.elements.first { _ in true }
        guard let found = rest?["resource"]?.elements.first(where: { $0["type"]?.string == type }) else { throw Missing() }
        return found
    }

    struct Missing: Error {}
}
