import Testing
import WardTesting
import WardVault
@testable import WardSearch

/// Reads synthetic patients from outside; where they are not on the machine the suite is skipped.
@Suite("Search over synthetic patients", .enabled(if: SyntheaData.isPresent))
struct SyntheaSearchTests {
    private struct Record {
        let id: String
        let values: ExtractedValues
        let filter: [UInt8]
        let population: Set<IndexTerm>
        let compartment: Set<IndexTerm>

        init(_ resource: SyntheaData.Resource) throws {
            id = resource.id
            values = try SearchCatalog.r4.extract(
                resource.node, type: resource.type, id: resource.id, context: Sample.context)
            filter = FilterRecord.encode(values)
            let terms = try IndexTerms.terms(values)
            population = Set(terms.filter { $0.family == .population })
            compartment = Set(terms.filter { $0.family == .compartment })
        }

        /// Whether the tokens of a plan would find it.
        func isCandidate(_ plan: TokenPlan) -> Bool {
            if let ids = plan.ids { return ids.contains(id) }
            return plan.groups.allSatisfy { group in
                group.contains { term in
                    term.family == .population
                        ? population.contains(term) : plan.patient == values.patient && compartment.contains(term)
                }
            }
        }
    }

    private static func records() throws -> [Record] {
        try (SyntheaData.resources(folder: "synthea-smart-r4", bundles: 4)
            + SyntheaData.resources(folder: "synthea-uscore", bundles: 3)).map { try Record($0) }
    }

    @Test("No true match is lost, and none is made up, over many random queries")
    func exact() throws {
        let byType = Dictionary(grouping: try Self.records(), by: \.values.parameters.type)
        var matched = 0
        var narrowed = 0
        for (type, all) in byType.sorted(by: { $0.key < $1.key }) {
            let records = Array(all.prefix(150))
            var queries = RandomQueries(records: records.map(\.values), random: SeededRandom(seed: UInt64(type.count)))
            for _ in 0..<120 {
                let parameters = queries.parameters()
                if parameters.isEmpty { continue }
                let query = try SearchQuery.parse(
                    type: type, parameters: parameters, handling: .strict, catalog: .r4, context: Sample.context)
                let plan = TokenPlan.make(query, patientResolvable: true)
                let matcher = QueryMatcher(query)
                if !plan.isScan { narrowed += 1 }
                for record in records {
                    let expected = DirectMatch.matches(query, record.values)
                    let found = try matcher.matches(filter: record.filter, id: record.id, updatedAt: 0)
                    #expect(found == expected, "\(type) \(parameters)")
                    if expected {
                        matched += 1
                        #expect(record.isCandidate(plan), "\(type) \(parameters)")
                    }
                }
            }
        }
        #expect(matched > 2_000 && narrowed > 500, "the queries must be worth something: \(matched), \(narrowed)")
    }

    @Test("Filter records come back whole")
    func roundTrip() throws {
        for record in try Self.records() {
            #expect(try FilterRecord.decode(record.filter, parameters: record.values.parameters) == record.values.entries)
        }
    }

    @Test("Terms and bytes a resource")
    func size() throws {
        let byType = Dictionary(grouping: try Self.records(), by: \.values.parameters.type)
        var lines = ["type                     records  terms (population + compartment)  filter bytes"]
        for (type, records) in byType.sorted(by: { $0.key < $1.key }) {
            let population = Double(records.map(\.population.count).reduce(0, +)) / Double(records.count)
            let compartment = Double(records.map(\.compartment.count).reduce(0, +)) / Double(records.count)
            let bytes = records.map(\.filter.count).reduce(0, +) / records.count
            lines.append(
                type.padding(25) + String(records.count).padding(9)
                    + "\(((population + compartment) * 10).rounded() / 10) (\((population * 10).rounded() / 10)"
                    + " + \((compartment * 10).rounded() / 10))".padding(20) + String(bytes))
            if type == "Observation" { #expect(population + compartment <= 30 && bytes <= 220) }
            if type == "Patient" { #expect(population + compartment <= 110) }
        }
        print(lines.joined(separator: "\n"))
    }
}

extension String {
    fileprivate func padding(_ count: Int) -> String { self + String(repeating: " ", count: max(1, count - self.count)) }
}
