internal import Crypto
internal import Foundation
internal import WardFHIR

/// One thing to send: a request body, and how many resources it holds.
struct LoadItem: Sendable {
    var body: [UInt8]
    var resources: Int
}

/// A file to load: a Bundle, a single resource, or NDJSON, plain or compressed by gzip.
///
/// File names may name patients, so nothing is ever said by name: files are told by number, and remembered by the digest of their content.
struct LoadSource: Sendable {
    let path: String

    /// The files of the paths given, in stages: all of a stage is loaded before the next begins, because the next may refer to it by
    /// condition. Each folder is loaded before the paths after it, and of a folder, or of files given one by one, organisations come
    /// first, then practitioners.
    static func stages(of paths: [String]) throws(Failure) -> [[LoadSource]] {
        var groups: [[String]] = [[]]
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure("one of the paths given does not exist (number \((paths.firstIndex(of: path) ?? 0) + 1))")
            }
            guard isFolder.boolValue else {
                groups[groups.count - 1].append(path)
                continue
            }
            let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            groups += [names.sorted().map { "\(path)/\($0)" }.filter(isLoadable), []]
        }
        let stages = groups.flatMap { group in
            (0...3).map { wanted in group.filter { rank($0) == wanted }.map { LoadSource(path: $0) } }
        }.filter { !$0.isEmpty }
        guard !stages.isEmpty else { throw Failure("nothing to load: .json, .ndjson, and the same with .gz are taken") }
        return stages
    }

    /// The content, decompressed.
    func content() throws(Failure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Failure("a file cannot be read") }
        guard data.starts(with: [0x1F, 0x8B]) else { return Array(data) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Failure("a compressed file is damaged") }
            return Array(data)
        } catch {
            throw Failure("a compressed file cannot be opened")
        }
    }

    /// SHA-256 of a content, hexadecimal: what a resume file remembers.
    static func digest(_ content: [UInt8]) -> String {
        SHA256.hash(data: content).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The requests that a content becomes: a Bundle as it is; resources as transactions of at most 200 updates, or creates where they
    /// have no id.
    static func items(_ content: [UInt8], isNDJSON: Bool) throws(Failure) -> [LoadItem] {
        if !isNDJSON, let document = try? JSONDocument(parsing: content, limits: JSONLimits(maximumBytes: 1 << 30, maximumNodes: 64_000_000)),
            document.root["resourceType"]?.equals("Bundle") == true,
            let type = document.root["type"]?.string, type == "transaction" || type == "batch" {
            return [LoadItem(body: content, resources: document.root["entry"]?.count ?? 0)]
        }
        var items: [LoadItem] = []
        var entries: [[UInt8]] = []
        let lines = isNDJSON ? content.split(separator: UInt8(ascii: "\n")).map(Array.init) : [content]
        for (number, line) in lines.enumerated() {
            guard let document = try? JSONDocument(parsing: line), let type = document.root["resourceType"]?.string else {
                throw Failure("line \(number + 1) is no FHIR resource in JSON")
            }
            entries.append(entry(document.root, type: type))
            if entries.count == 200 {
                items.append(LoadItem(body: transaction(entries), resources: entries.count))
                entries = []
            }
        }
        if !entries.isEmpty { items.append(LoadItem(body: transaction(entries), resources: entries.count)) }
        return items
    }

    private static func entry(_ resource: JSONNode, type: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        writer.name("resource")
        writer.node(resource)
        writer.name("request")
        writer.beginObject()
        let id = resource["id"]?.string
        writer.name("method")
        writer.string(id == nil ? "POST" : "PUT")
        writer.name("url")
        writer.string(id.map { "\(type)/\($0)" } ?? type)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static func transaction(_ entries: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter(reserving: entries.reduce(64) { $0 + $1.count + 1 })
        writer.beginObject()
        writer.name("resourceType")
        writer.string("Bundle")
        writer.name("type")
        writer.string("transaction")
        writer.name("entry")
        writer.beginArray()
        for entry in entries { writer.raw(entry) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// Whether the name says NDJSON.
    var isNDJSON: Bool { path.hasSuffix(".ndjson") || path.hasSuffix(".ndjson.gz") }

    /// Whether a file of a folder is taken. A bulk export leaves a log of itself beside the resources (`log.ndjson`): it holds none.
    private static func isLoadable(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        guard name != "log.ndjson" && name != "log.ndjson.gz" else { return false }
        return [".json", ".json.gz", ".ndjson", ".ndjson.gz"].contains { path.hasSuffix($0) }
    }

    private static func rank(_ path: String) -> Int {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if name.hasPrefix("hospitalInformation") || name.hasPrefix("Organization") || name.hasPrefix("Location") { return 0 }
        if name.hasPrefix("practitionerInformation") || name.hasPrefix("Practitioner") { return 1 }
        return name.hasPrefix("Patient.") ? 2 : 3
    }
}
