import Foundation

/// The outside data that tests read: `$WARD_TEST_DATA`, else `../shared/data` beside the package.
enum OfficialData {
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let folder: URL =
        if let path = ProcessInfo.processInfo.environment["WARD_TEST_DATA"] {
            URL(fileURLWithPath: path)
        } else {
            package.appendingPathComponent("../shared/data").standardizedFileURL
        }

    /// Whether the data is on this machine.
    static let isPresent = FileManager.default.fileExists(atPath: folder.appendingPathComponent("fhir-r4-core").path)

    /// The files of a `.tgz` below `folder`, name to contents.
    static func archive(_ path: String, pattern: String) throws -> [String: [UInt8]] {
        let files = FileManager.default
        let work = files.temporaryDirectory.appendingPathComponent("ward-tests-\(UUID().uuidString)")
        try files.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: work) }
        let arguments = ["-xzf", folder.appendingPathComponent(path).path, "-C", work.path, "--wildcards", pattern]
        try run("tar", arguments)
        var result: [String: [UInt8]] = [:]
        for name in try files.subpathsOfDirectory(atPath: work.path) {
            let file = work.appendingPathComponent(name)
            guard let data = try? Data(contentsOf: file) else { continue }
            result[file.lastPathComponent] = Array(data)
        }
        return result
    }

    /// Runs a program of the system, or one by its path; throws if it fails.
    static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : "/usr/bin/env")
        process.arguments = program.hasPrefix("/") ? arguments : [program] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw CocoaError(.executableLoad) }
    }
}
