import Foundation
import Testing
import WardFHIR

/// Real and official resources are valid; a sample of them in a normal run, all of them with `WARD_TEST_LONG=1`.
@Suite struct ExampleResourcesTests {
    private static let validator = StructureValidator(.r4)
    private static let isLong = ProcessInfo.processInfo.environment["WARD_TEST_LONG"] == "1"

    /// The official examples that break a rule of the specification, with the paths at which they do.
    private static let invalid: [String: Set<String>] = [
        // txt-2: a narrative has some content that is not white space.
        "ActivityDefinition-blood-tubes-supply.json": ["ActivityDefinition.text.div"],
        "ActivityDefinition-heart-valve-replacement.json": ["ActivityDefinition.text.div"],
        "EventDefinition-example.json": ["EventDefinition.text.div"],
        "Questionnaire-zika-virus-exposure-assessment.json": ["Questionnaire.text.div"],
        // linkId is 1..1; 32 display items lack it.
        "Questionnaire-qs1.json": ["linkId"],
    ]

    @Test(.enabled(if: OfficialData.isPresent, "needs ../shared/data/fhir-r4-examples"))
    func officialExamples() throws {
        let archive = "fhir-r4-examples/hl7.fhir.r4.examples-4.0.1-instances.tgz"
        let all = try OfficialData.archive(archive, pattern: "package/*-*.json").sorted { $0.key < $1.key }
        #expect(all.count == 728)
        let chosen = all.enumerated().filter {
            Self.isLong || Self.invalid.keys.contains($1.key) || ($0 % 6 == 0 && $1.value.count < 60_000)
        }
        for (name, bytes) in chosen.map(\.element) {
            let root = try JSONDocument(parsing: bytes).root
            let paths = Set(Self.validator.validate(root).map(\.path))
            guard let expected = Self.invalid[name] else {
                #expect(paths.isEmpty, "\(name)")
                continue
            }
            #expect(!paths.isEmpty && paths.allSatisfy { path in expected.contains { path.hasSuffix($0) } }, "\(name)")
        }
    }

    @Test(.enabled(if: OfficialData.isPresent, "needs ../shared/data/synthea-*"),
        arguments: [
            "synthea-smart-r4", "synthea-uscore", "synthea-bulk-ndjson/10-patients",
            "synthea-bulk-ndjson/100-patients",
        ])
    func synthea(folder: String) throws {
        let all = try FileManager.default.contentsOfDirectory(atPath: OfficialData.folder.path + "/" + folder)
            .filter { $0.hasSuffix(".gz") && !$0.hasPrefix("log") }.sorted()
        #expect(!all.isEmpty)
        for name in Self.isLong ? all : Array(all.prefix(2)) {
            let bytes = try OfficialData.gunzipped(folder + "/" + name)
            guard name.hasSuffix(".ndjson.gz") else {
                try expectValid(bytes, "\(folder)/\(name)")
                continue
            }
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            for line in Self.isLong ? lines : Array(lines.prefix(20)) {
                try expectValid(Array(line), "\(folder)/\(name)")
            }
        }
    }

    private func expectValid(_ bytes: [UInt8], _ name: String) throws {
        let root = try JSONDocument(parsing: bytes).root
        #expect(Self.validator.validate(root) == [], "\(name)")
        let again = try JSONDocument(parsing: root.serialized()).root
        #expect(JSONDifference.first(root, again) == nil, "\(name)")
    }
}

extension OfficialData {
    /// The contents of a `.gz` below `folder`.
    static func gunzipped(_ path: String) throws -> [UInt8] {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("ward-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: target) }
        let script = "gzip -dc -- \"$0\" > \"$1\""
        try run("sh", ["-c", script, folder.appendingPathComponent(path).path, target.path])
        return Array(try Data(contentsOf: target))
    }
}
