import Foundation

/// Published test vectors outside the project: `$WARD_TEST_DATA`, else `../shared/data` beside the package. Tests that
/// need them are skipped, and say so, where they are not on the machine.
enum PublishedVectors {
    static let folder: URL =
        if let path = ProcessInfo.processInfo.environment["WARD_TEST_DATA"] {
            URL(fileURLWithPath: path)
        } else {
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("../shared/data").standardizedFileURL
        }

    private static let wycheproof = folder.appendingPathComponent("crypto/wycheproof/testvectors_v1")

    /// Whether the Wycheproof vectors are on this machine.
    static let arePresent = FileManager.default.fileExists(atPath: wycheproof.path)

    /// The groups of a Wycheproof file. Source: https://github.com/C2SP/wycheproof.
    static func wycheproof<Group: Decodable>(_ name: String, _ type: Group.Type) throws -> [Group] {
        let data = try Data(contentsOf: wycheproof.appendingPathComponent(name + ".json"))
        return try JSONDecoder().decode(File<Group>.self, from: data).testGroups
    }

    /// One case of a Wycheproof file of signatures.
    struct SignatureCase: Decodable {
        var tcId: Int
        var msg, sig: Hex
        var result: String
    }

    private struct File<Group: Decodable>: Decodable { var testGroups: [Group] }
}

/// Bytes that stand in JSON as hexadecimal digits.
struct Hex: Decodable, Sendable {
    var bytes: [UInt8]

    init(_ text: String) {
        let digits = text.utf8.map { $0 < 0x3A ? $0 - 0x30 : ($0 | 0x20) - 0x57 }
        bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
}
