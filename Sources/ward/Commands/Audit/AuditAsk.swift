internal import ArgumentParser
internal import Foundation
internal import WardAudit

/// `ward audit ask`
struct AuditAsk: AuditedCommand {
    static let events = [EventPromise(.logRead, "the question was understood, answered or not")]
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask the log: who saw a patient, what somebody did, what was refused, what is unusual. That is itself in the log.",
        discussion: AuditQuestion.Kind.allCases.map { "\($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))

    /// Forms of an answer.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case text, json, csv
    }

    @Argument(help: "The question; one of those below.") var question: String
    @Argument(help: "Patient/ID for who-saw, a user's name or id for what-did.") var subject: String?
    @Option(help: "From this time on: RFC 3339, such as 2026-01-31 or 2026-01-31T08:00:00Z.") var from: String?
    @Option(help: "Up to, not including, this time.") var to: String?
    @Option(help: "Entries, or findings, of a page, at most 500.") var limit = 50
    @Option(help: "The next page, by the number that the answer before names.") var before: Int64?
    @Flag(help: "Read and prove the log itself from end to end, instead of trusting the index to leave nothing out.")
    var wholeLog = false
    @Option(help: "Form of the answer: text, json, or csv.") var output: Form = .text
    @OptionGroup var options: HomeOptions

    mutating func run() async throws {
        guard let kind = AuditQuestion.Kind(rawValue: question) else {
            throw Failure("the questions are: \(AuditQuestion.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard (1...AuditQuestion.largestPage).contains(limit) else { throw Failure("--limit must be 1 to 500") }
        guard before ?? 0 >= 0 else { throw Failure("--before is the number that the page before names, 0 or more") }
        let asked = AuditQuestion(
            kind, subject: subject, from: try Self.time(from, "--from"), to: try Self.time(to, "--to"), before: before,
            limit: limit, readsWholeLog: wholeLog)
        let answer = try await HomeAccess.perform(
            .ask(asked), on: options.existing(), passphraseFile: options.passphraseFile)
        guard case .answer(let answer) = answer else { return }
        switch output {
        case .text: print(Self.text(answer))
        case .csv:
            print(Self.table(answer, kind), terminator: "")
            Self.beside(answer).forEach(OutputOptions.say)
        case .json:
            var form = OutputOptions()
            form.output = .json
            try form.print(answer, text: "")
        }
    }

    private static func time(_ text: String?, _ flag: String) throws(Failure) -> Int64? {
        guard let text else { return nil }
        guard let time = LogTime.microseconds(text) else {
            throw Failure("\(flag) takes a time such as 2026-01-31 or 2026-01-31T08:00:00Z")
        }
        return time
    }

    private static func text(_ answer: AuditAnswer) -> String {
        var lines = answer.entries.map(\.text) + answer.findings.map { finding in
            finding.what + (finding.patient.map { "  (\($0))" } ?? "")
                + (finding.entries.isEmpty ? "" : "  [entries \(finding.entries.map(String.init).joined(separator: ", "))]")
        }
        if lines.isEmpty { lines = ["nothing"] }
        return (lines + beside(answer)).joined(separator: "\n")
    }

    /// What a table has no place for: said beside it.
    private static func beside(_ answer: AuditAnswer) -> [String] {
        var lines = answer.notes.map { "note: \($0)" }
        if let next = answer.next { lines.append("more: --before \(next)") }
        let proof = answer.proof
        let size = proof.checkpoint?.split(separator: "\n").dropFirst().first ?? "0"
        lines.append(
            "proved: \(proof.proved.of("entry", "entries")) under the signed tree of \(size) leaves"
                + (proof.unsigned > 0 ? ", \(proof.unsigned) not signed yet" : "") + "; found by \(proof.foundBy)")
        return lines
    }

    /// One form for each question, also where nothing was found.
    private static func table(_ answer: AuditAnswer, _ kind: AuditQuestion.Kind) -> String {
        guard !kind.givesFindings else {
            return AuditTable.row(["what", "who", "patient", "when", "entries"]) + answer.findings.map { finding in
                AuditTable.row([
                    finding.what, finding.who ?? "", finding.patient ?? "", finding.when ?? "",
                    finding.entries.map(String.init).joined(separator: " "),
                ])
            }.joined()
        }
        return AuditTable.heading + answer.entries.map(AuditTable.row).joined()
    }
}

extension AuditQuestion.Kind {
    /// What is asked, for the help.
    var meaning: String {
        switch self {
        case .whoSaw: "who read or changed what of a patient (Patient/ID)"
        case .whatDid: "what a user did (NAME)"
        case .leftTheBuilding: "what went out in bulk: exports of records and of the log, backups"
        case .denied: "what was refused: requests without the right, sign-ins that failed"
        case .breakGlass: "who took rights in an emergency, and who reviewed it"
        case .outOfHours: "who reached health information outside working hours"
        case .unusual: "who reached the records of unusually many patients on a day, compared with their role"
        case .sameName: "who looked up patients of their own family name, or coworkers"
        case .newPlaces: "who signed in from a network that they had never signed in from"
        case .gaps: "where the log is silent, or entries are missing"
        }
    }
}
