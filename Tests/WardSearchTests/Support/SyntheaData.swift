import Foundation
import WardFHIR

/// Synthetic patients from outside, read at test time: `$WARD_TEST_DATA`, else `../shared/data` beside the package.
enum SyntheaData {
    static let folder: URL =
        if let path = ProcessInfo.processInfo.environment["WARD_TEST_DATA"] {
            URL(fileURLWithPath: path)
        } else {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("../shared/data")
                .standardizedFileURL
        }

    static let isPresent = FileManager.default.fileExists(atPath: folder.appendingPathComponent("synthea-smart-r4").path)

    /// A resource as it would be stored, its references resolved to `Type/id`.
    struct Resource: Sendable {
        let type: String
        let id: String
        let node: JSONNode
    }

    /// The resources of some bundles, spread over the folder.
    static func resources(folder name: String, bundles: Int) throws -> [Resource] {
        let place = folder.appendingPathComponent(name)
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".json.gz") }.sorted()
        let step = max(1, files.count / bundles)
        return try stride(from: 0, to: files.count, by: step).prefix(bundles).flatMap {
            try resources(of: unpacked(place.appendingPathComponent(files[$0])))
        }
    }

    private static func resources(of bundle: [UInt8]) throws -> [Resource] {
        let document = try JSONDocument(parsing: bundle)
        var names: [String: String] = [:]
        for entry in document.root["entry"]?.elements ?? document.root.elements {
            guard let url = entry["fullUrl"]?.string, let type = entry["resource"]?["resourceType"]?.string else { continue }
            names[url] = type + "/" + url.replacingOccurrences(of: "urn:uuid:", with: "")
        }
        var text = String(decoding: bundle, as: UTF8.self)
        var pieces = text.components(separatedBy: "\"urn:uuid:")
        for index in pieces.indices.dropFirst() {
            let name = "urn:uuid:" + pieces[index].prefix(36)
            pieces[index] = (names[name] ?? name) + pieces[index].dropFirst(36)
        }
        text = pieces.joined(separator: "\"")
        return try JSONDocument(parsing: Array(text.utf8)).root["entry"]?.elements.compactMap { entry in
            guard let node = entry["resource"], let type = node["resourceType"]?.string,
                let id = entry["fullUrl"]?.string?.split(separator: "/").last
            else { return nil }
            return Resource(type: type, id: String(id), node: node)
        } ?? []
    }

    private static func unpacked(_ file: URL) throws -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }
}
