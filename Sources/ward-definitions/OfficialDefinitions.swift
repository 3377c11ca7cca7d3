import Foundation

/// The official R4 definitions, as far as the tables need them.
struct OfficialDefinitions {
    var structures: [StructureDefinition]
    var parameters: [SearchParameter]
    var compartments: [CompartmentDefinition]

    /// Reads the folder that holds `hl7.fhir.r4.core-4.0.1.tgz`, `search-parameters.json` and
    /// `CompartmentDefinition-*.json`.
    init(folder: URL) throws {
        let files = FileManager.default
        let work = files.temporaryDirectory.appendingPathComponent("ward-definitions-\(UUID().uuidString)")
        try files.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: work) }
        try Self.unpack(folder.appendingPathComponent("hl7.fhir.r4.core-4.0.1.tgz"), into: work)
        let decoder = JSONDecoder()
        structures = try Self.files(in: work.appendingPathComponent("package"), prefix: "StructureDefinition-").map {
            try decoder.decode(StructureDefinition.self, from: Data(contentsOf: $0))
        }
        let bundle = try Data(contentsOf: folder.appendingPathComponent("search-parameters.json"))
        parameters = try decoder.decode(Bundle<SearchParameter>.self, from: bundle).entry.map(\.resource)
        compartments = try Self.files(in: folder, prefix: "CompartmentDefinition-").map {
            try decoder.decode(CompartmentDefinition.self, from: Data(contentsOf: $0))
        }
    }

    private static func files(in folder: URL, prefix: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted()
            .map { folder.appendingPathComponent($0) }
    }

    private static func unpack(_ archive: URL, into folder: URL) throws {
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = [
            "tar", "-xzf", archive.path, "-C", folder.path, "--wildcards", "package/StructureDefinition-*.json",
        ]
        try tar.run()
        tar.waitUntilExit()
        if tar.terminationStatus != 0 { throw BuildError("tar cannot unpack \(archive.path)") }
    }
}

/// Why the tables cannot be made.
struct BuildError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

struct StructureDefinition: Decodable {
    var name: String
    var type: String
    var kind: String
    var abstract: Bool
    var derivation: String?
    var baseDefinition: String?
    var snapshot: Snapshot?

    struct Snapshot: Decodable {
        var element: [Element]
    }

    struct Element: Decodable {
        var path: String
        var min: Int
        var max: String
        var contentReference: String?
        var type: [ElementType]?
        var isModifier: Bool?
        var isSummary: Bool?
    }

    struct ElementType: Decodable {
        /// Missing in profiles, which are not read further.
        var code: String?
        var targetProfile: [String]?
        var `extension`: [Extension]?
    }

    struct Extension: Decodable {
        var url: String
        var valueUrl: String?
    }
}

struct SearchParameter: Decodable {
    var code: String
    var type: String
    var url: String
    var base: [String]
    var target: [String]?
    var expression: String?
    var component: [Component]?

    struct Component: Decodable {
        var definition: String
        var expression: String
    }
}

struct CompartmentDefinition: Decodable {
    var code: String
    var resource: [Resource]

    struct Resource: Decodable {
        var code: String
        var param: [String]?
    }
}

struct Bundle<Resource: Decodable>: Decodable {
    var entry: [Entry]

    struct Entry: Decodable {
        var resource: Resource
    }
}
