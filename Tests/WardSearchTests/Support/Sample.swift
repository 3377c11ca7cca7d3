import WardFHIR
@testable import WardSearch

/// Short ways to values and queries for tests.
enum Sample {
    /// 2024-06-01T00:00:00Z.
    static let now: Int64 = 1_717_200_000_000_000
    static let context = SearchContext(baseURL: "https://ward.test/fhir", now: now)

    static func extract(_ json: String, id: String = "1") throws -> ExtractedValues {
        let node = try JSONDocument(parsing: Array(json.utf8)).root
        return try SearchCatalog.r4.extract(node, type: node["resourceType"]?.string ?? "", id: id, context: context)
    }

    static func query(
        _ type: String, _ parameters: (String, String)..., handling: SearchQuery.Handling = .strict
    ) throws -> SearchQuery {
        try SearchQuery.parse(
            type: type, parameters: parameters, handling: handling, catalog: .r4, context: context)
    }

    /// Whether a resource matches a query with one parameter, by way of the filter record.
    static func matches(_ values: ExtractedValues, _ name: String, _ value: String) throws -> Bool {
        let query = try query(values.parameters.type, (name, value))
        return try QueryMatcher(query).matches(filter: FilterRecord.encode(values), id: "1", updatedAt: now)
    }

    static func interval(_ text: String) -> DateInterval { DateText.interval(text)! }
}
