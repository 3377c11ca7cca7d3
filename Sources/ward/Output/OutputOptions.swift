internal import ArgumentParser
internal import Foundation

/// `--output text|json`, which every command has. The result goes to standard output: text for people, or one JSON document; messages go to
/// standard error.
struct OutputOptions: ParsableArguments {
    /// Forms of a result.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "Form of the result on standard output: text, or one JSON document.")
    var output: Form = .text

    /// Prints a result: `text` for people, or `value` as JSON.
    func print(_ value: some Encodable, text: @autoclosure () -> String) throws {
        switch output {
        case .text:
            let text = text()
            if !text.isEmpty { Swift.print(text) }
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.dateEncodingStrategy = .iso8601
            Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
        }
    }

    /// Writes a message for people to standard error.
    static func say(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }
}
