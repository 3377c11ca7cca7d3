internal import ArgumentParser
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
internal import WardAudit
internal import WardHTTP
internal import WardPHI

/// `ward witness`: on another machine, cosigns the checkpoints of audit logs, and holds them against each other.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "A witness of audit logs, on another machine: cosigns each checkpoint that grew from the last, and no other.",
        subcommands: [Serve.self, Init.self, Trust.self, Show.self], defaultSubcommand: Serve.self)

    /// `--home DIR`, the witness's own folder.
    struct Options: ParsableArguments {
        @Option(help: "The witness's folder; not a home of records.") var home: String

        /// The folder, which must not be a home of records: who has that must not have the witness.
        func folder() throws(Failure) -> WitnessFolder {
            let place = Home(home)
            guard !FileManager.default.fileExists(atPath: place.configurationFile) else {
                throw Failure("\(home): is a home of records; a witness has a folder of its own, best on another machine")
            }
            return WitnessFolder(path: place.root)
        }

        /// The folder, in which a witness must have been made.
        func existing() throws(Failure) -> WitnessFolder {
            let folder = try folder()
            guard folder.exists else {
                throw Failure("\(home): has no witness; `ward witness init --home \(home) --name NAME` makes one")
            }
            return folder
        }
    }

    /// What a witness is and holds.
    struct State: Encodable {
        var key: String
        var logs: [String]
        var seen: [Seen]

        /// The newest checkpoint of a book.
        struct Seen: Encodable {
            var origin: String
            var size: Int64
            var note: String
        }

        init(_ folder: WitnessFolder) throws {
            key = try Witness(folder: folder).key.description
            logs = try folder.trusted()
            seen = try folder.seen().map {
                Seen(origin: $0.checkpoint.origin, size: $0.checkpoint.size, note: String(decoding: $0.note, as: UTF8.self))
            }
        }
    }

    /// `ward witness init`
    struct Init: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(
            abstract: "Make a witness: a key, and no log that it trusts. Prints its verifier key.")
        @Option(help: "Its name in cosignatures, such as witness.example.org/ward.") var name: String
        @OptionGroup var options: Options
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let folder = try options.folder()
            let key = try folder.create(name: name)
            try form.print(State(folder), text: key.description)
        }
    }

    /// `ward witness trust`
    struct Trust: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(
            abstract: "Trust a log, in every year, by the verifier key that `ward audit proof --output json` prints.")
        @Argument(help: "NAME+ID+BASE64.") var key: String
        @Flag(help: "Trust no older key of that log any more: its key was rotated.") var only = false
        @OptionGroup var options: Options
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let folder = try options.existing()
            try folder.trust(key, isOnly: only)
            let state = try State(folder)
            try form.print(state, text: state.logs.joined(separator: "\n"))
        }
    }

    /// `ward witness show`
    struct Show: AuditedCommand {
        static let events: [EventPromise] = []
        static let configuration = CommandConfiguration(
            abstract: "Its verifier key, the logs that it trusts, and the newest checkpoint of each book.")
        @OptionGroup var options: Options
        @OptionGroup var form: OutputOptions

        mutating func run() async throws {
            let state = try State(options.existing())
            let lines = [state.key] + state.logs.map { "trusts \($0)" } + state.seen.map { "saw \($0.origin) with \($0.size) leaves" }
            try form.print(state, text: lines.joined(separator: "\n"))
        }
    }
}
