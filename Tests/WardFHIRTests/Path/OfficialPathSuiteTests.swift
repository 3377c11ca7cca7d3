import Foundation
import Testing

@testable import WardFHIR

/// The official FHIRPath suite; the scores may only rise.
// Skipped where the suite is not on the machine.
@Suite(.enabled(if: OfficialData.isPresent, "needs ../shared/data/fhir-test-cases"))
struct OfficialPathSuiteTests {
    static let minimumPassed = 782

    static let tests: [OfficialPathTest] = {
        let file = OfficialData.folder.appendingPathComponent("fhir-test-cases/r4/fhirpath/tests-fhir-r4.xml")
        return (try? Data(contentsOf: file)).map { OfficialPathSuite($0).tests } ?? []
    }()

    @Test func everyValidExpressionParses() {
        #expect(Self.tests.count == 935)
        for test in Self.tests {
            let parses = (try? PathParser.parse(test.expression)) != nil
            #expect(parses == (test.invalid != "syntax"), "\(test.name): \(test.expression)")
        }
    }

    @Test func theScoreDoesNotFall() throws {
        let archive = "fhir-test-cases/fhir-test-cases-r4-fhirpath-patch.tgz"
        let files = try OfficialData.archive(archive, pattern: "r4/*")
        var documents: [String: JSONDocument] = [:]
        for name in Set(Self.tests.map(\.input)) {
            let file = files[name] ?? []
            let json = name.hasSuffix(".xml") ? try XMLResource.json(file) : file
            documents[name] = try JSONDocument(parsing: json)
        }
        var counts: [String: Int] = [:]
        for test in Self.tests {
            guard let document = documents[test.input] else { continue }
            let outcome = outcome(of: test, document.root)
            counts[outcome.prefix { $0 != ":" }.description, default: 0] += 1
            if ProcessInfo.processInfo.environment["WARD_FHIRPATH_DETAILS"] != nil && outcome != "passed" {
                print("\(test.name)\t\(outcome)\t\(test.expression)")
            }
        }
        let passed = counts["passed"] ?? 0
        print("official FHIRPath suite: \(passed) of \(Self.tests.count) passed; \(counts)")
        #expect(passed >= Self.minimumPassed)
    }

    private func outcome(of test: OfficialPathTest, _ resource: JSONNode) -> String {
        let type = resource["resourceType"]?.string.flatMap { FHIRDefinitions.r4.resourceType(named: $0) }
        guard let type else { return "no input" }
        do {
            let path = try FHIRPath.compile(test.expression)
            let values = try path.evaluate(resource: resource, type: type)
            if test.invalid != nil { return "accepted" }
            if test.isPredicate {
                let flag = try values.condition("predicate") ?? false
                return "\(flag)" == test.outputs.first?.text ? "passed" : "wrong: \(flag)"
            }
            let texts = values.map { PathText.text(of: $0) }
            let isSame = zip(values, test.outputs).allSatisfy { matches($0, $1.type, $1.text) }
            let isRight = values.count == test.outputs.count && isSame
            return isRight ? "passed" : "wrong: \(texts) not \(test.outputs.map(\.text))"
        } catch {
            if test.invalid != nil { return "passed" }
            return error.code == .unknownFunction ? "not provided: \(error.name)" : "refused: \(error)"
        }
    }

    private func matches(_ value: PathValue, _ type: String, _ expected: String) -> Bool {
        let text = PathText.text(of: value.system)
        if let mine = PathDecimal(text), let theirs = PathDecimal(expected) { return mine == theirs }
        let plain = { (text: String) in text.drop { $0 == "@" || $0 == "T" } }
        return plain(text) == plain(expected) || text.isEmpty && expected.isEmpty
    }
}
