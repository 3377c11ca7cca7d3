import Foundation
import Testing

/// The checked-in tables are what the builder makes of the official definitions.
@Suite struct DefinitionsBuilderTests {
    static let builder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("ward-definitions")
    static let isBuilt = FileManager.default.isExecutableFile(atPath: builder.path)

    // Skipped where the official definitions are not on the machine, or only this target was built.
    @Test(.enabled(if: OfficialData.isPresent && isBuilt, "needs ../shared/data/fhir-r4-core and the builder"))
    func theBuilderMakesTheCheckedInBytes() throws {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("definitions-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        let folder = OfficialData.folder.appendingPathComponent("fhir-r4-core")
        try OfficialData.run(Self.builder.path, [folder.path, output.path])
        let checkedIn = OfficialData.package.appendingPathComponent("Sources/CDefinitions/definitions.bin")
        let same = try Data(contentsOf: output) == Data(contentsOf: checkedIn)
        #expect(same, "run ward-definitions ../shared/data/fhir-r4-core Sources/CDefinitions/definitions.bin")
    }
}
