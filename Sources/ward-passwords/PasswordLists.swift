import Foundation

/// The published lists: a password a line. In the list of zxcvbn a count follows it.
struct PasswordLists {
    /// Every password of every list.
    let passwords: Set<String>

    /// Reads the folder that holds the lists.
    init(folder: URL) throws {
        var passwords: Set<String> = []
        for line in try Self.lines(folder.appendingPathComponent("django-common-passwords.txt.gz")) {
            passwords.insert(String(line))
        }
        for line in try Self.lines(folder.appendingPathComponent("zxcvbn/data/passwords.txt.gz")) {
            if let word = line.split(separator: " ").first { passwords.insert(String(word)) }
        }
        self.passwords = passwords
    }

    private static func lines(_ file: URL) throws -> [Substring] {
        let gzip = Process()
        let output = Pipe()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        gzip.standardOutput = output
        try gzip.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        guard gzip.terminationStatus == 0, let text = String(validating: data, as: UTF8.self) else {
            throw ListError(description: "\(file.path) cannot be read")
        }
        return text.split(separator: "\n")
    }
}

/// Why the fingerprints cannot be made.
struct ListError: Error, CustomStringConvertible {
    let description: String
}
