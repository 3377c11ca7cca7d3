import Foundation
import Testing
import WardFHIR
@testable import WardSearch
import WardTesting

@Suite("Large resources cost in proportion to their size, and are bounded")
struct IndexLimitsTests {
    /// Distinct codings, members, names: lists that a search parameter reads.
    enum Shape: CaseIterable, Sendable {
        case codings, members, names

        func resource(_ count: Int) -> String {
            func list(_ element: (Int) -> String) -> String { (0..<count).map(element).joined(separator: ",") }
            return switch self {
            case .codings:
                #"{"resourceType":"Observation","code":{"coding":["#
                    + list { #"{"system":"urn:s","code":"c\#($0)"}"# } + "]}}"
            case .members:
                #"{"resourceType":"Group","member":["# + list { #"{"entity":{"reference":"Patient/p\#($0)"}}"# } + "]}"
            case .names: #"{"resourceType":"Patient","name":["# + list { #"{"family":"f\#($0)"}"# } + "]}"
            }
        }
    }

    private func time(_ shape: Shape, _ count: Int) throws -> Duration {
        let node = try JSONDocument(parsing: Array(shape.resource(count).utf8)).root
        let type = try #require(node["resourceType"]?.string)
        let limits = IndexLimits(values: 1_000_000, terms: 1_000_000)
        var least = Duration.seconds(1_000)
        for _ in 0..<5 {
            let begun = processorTime()
            let values = try SearchCatalog.r4.extract(node, type: type, id: "1", context: Sample.context, limits: limits)
            _ = try IndexTerms.terms(values, limits: limits)
            _ = FilterRecord.encode(values)
            least = min(least, processorTime() - begun)
        }
        return least
    }

    @Test("Four times the size takes less than twelve times the time", arguments: Shape.allCases)
    func proportion(_ shape: Shape) throws {
        let small = try time(shape, 1_500)
        let large = try time(shape, 6_000)
        #expect(large < small * 12, "\(small) and \(large)")
    }

    @Test("A parameter with too many values is refused by name")
    func values() throws {
        let limits = IndexLimits(values: 10, terms: 1_000)
        #expect(throws: Never.self) { try extract(.codings, 10, limits) }
        let error = #expect(throws: FHIRError.self) { try extract(.codings, 11, limits) }
        #expect(error?.status == 422)
        #expect(error?.issues.first?.expression == ["code"])
        #expect(error?.issues.first?.diagnostics?.contains("10") == true)
    }

    @Test("A resource with too many terms is refused, and the parameter named")
    func terms() throws {
        let limits = IndexLimits(values: 1_000, terms: 40)
        let few = try extract(.codings, 20, limits)
        #expect(try IndexTerms.terms(few, limits: limits).count == 40)
        let many = try extract(.codings, 21, limits)
        let error = #expect(throws: FHIRError.self) { try IndexTerms.terms(many, limits: limits) }
        #expect(error?.status == 422 && error?.issues.first?.expression == ["code"])
        let shared = try extract(.members, 41, limits)
        let refused = #expect(throws: FHIRError.self) { try IndexTerms.terms(shared, limits: limits) }
        #expect(refused?.issues.first?.expression == ["patient"])
    }

    @Test("Many terms are without doubles, as few are")
    func doubles() throws {
        let values = try extract(.codings, 200, .standard)
        let terms = try IndexTerms.terms(values)
        #expect(Set(terms).count == terms.count)
        #expect(terms.count == 400)
    }

    @discardableResult
    private func extract(_ shape: Shape, _ count: Int, _ limits: IndexLimits) throws -> ExtractedValues {
        let node = try JSONDocument(parsing: Array(shape.resource(count).utf8)).root
        let type = try #require(node["resourceType"]?.string)
        return try SearchCatalog.r4.extract(node, type: type, id: "1", context: Sample.context, limits: limits)
    }
}
