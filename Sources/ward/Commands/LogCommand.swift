internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardPHI

/// `ward log`: application logs, yours and others'.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Application logs: find what should not be in them.", subcommands: [Scan.self])

    /// `ward log scan FILE…`
    struct Scan: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(
            abstract: "Find identifiers of people in text files, by their form: how many of which kind, in which lines, never the text.",
            discussion: """
                Exit code 1 where anything was found, 2 where a file could not be read as text. What has no form, such as a name \
                in running text, is not found. `-` reads standard input.
                """)
        @Argument(help: "Text files.") var files: [String]
        @OptionGroup var form: OutputOptions

        private struct Report: Encodable {
            var found: Int
            var files: [File]

            struct File: Encodable {
                var file: String
                var lines: Int
                var findings: [Finding]
            }

            struct Finding: Encodable {
                var kind: String
                var count: Int
                var lines: [Int]
            }
        }

        mutating func run() async throws {
            guard !files.isEmpty else { throw Failure("name at least one file") }
            let scan = try IdentifierScan()
            var report = Report(found: 0, files: [])
            var unread: [String] = []
            for file in files {
                let result: IdentifierScan.Result
                do {
                    result = try file == "-" ? scan.scan(FileHandle.standardInput) : scan.scan(file: file)
                } catch is IdentifierScan.NotText {
                    unread.append("\(file): is no text; unpack it first")
                    continue
                } catch {
                    unread.append("\(file): cannot be read: \(Self.reason(file))")
                    continue
                }
                let findings = result.findings.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    Report.Finding(kind: $0.key.rawValue, count: $0.value.count, lines: $0.value.lines)
                }
                report.files.append(.init(file: file, lines: result.lines, findings: findings))
                report.found += result.total
            }
            try form.print(report, text: Self.text(report))
            if !unread.isEmpty { throw Failure(unread.joined(separator: "\n")) }
            if report.found > 0 { throw ExitCode(1) }
        }

        /// Why a file cannot be read.
        private static func reason(_ file: String) -> String {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else { return "there is no such file" }
            return isFolder.boolValue ? "it is a folder; name the files in it" : "this account may not, or the disk fails"
        }

        private static func text(_ report: Report) -> String {
            let lines = report.files.flatMap { file in
                file.findings.map { finding in
                    let shown = finding.lines.prefix(20).map(String.init).joined(separator: ", ")
                    return "\(file.file): \(finding.kind): \(finding.count), in lines \(shown)\(finding.lines.count > 20 ? ", …" : "")"
                }
            }
            let read = report.files.reduce(0) { $0 + $1.lines }
            return (lines + ["\(report.found) found in \(read) lines"]).joined(separator: "\n")
        }
    }
}
