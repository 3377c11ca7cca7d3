internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// `ward audit proof`
struct AuditProof: AuditedCommand {
    static let events = [EventPromise(.logRead, "before the proof is made")]
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: """
            Prove that an entry is in the log (C2SP tlog-proof), or with --since that the log grew from an earlier \
            size. Anybody with the log's public key checks it offline.
            """)
    @Argument(help: "The entry: its number, or the id of its event.") var event: String?
    @Option(help: "Prove that the book grew from a tree of so many leaves.") var since: Int64?
    @Option(help: "The book for --since, by its year; the newest where not given.") var year: Int?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        var proof: String
        var key: String
        var entry: Int64?
    }

    mutating func run() async throws {
        guard (event == nil) != (since == nil) else { throw Failure("name an entry, or --since SIZE") }
        guard since ?? 0 >= 0 else { throw Failure("--since is a number of leaves, 0 or more") }
        guard year.map({ (1_970...9_999).contains($0) }) ?? true else { throw Failure("--year is a calendar year such as 2026") }
        let home = try options.existing()
        _ = try await HomeAccess.perform(
            .logRead(what: "proof", count: 1), on: home, passphraseFile: options.passphraseFile)
        let log = try LogFile(of: home)
        let cosigned = try AnchorFile(path: home.witnessed).read()
        let maker = ProofMaker(store: log.store, keys: log.keys, cosigned: cosigned)
        let answer: Answer
        if let event {
            let position = try await Self.position(of: event, maker)
            let proof = try await maker.proof(ofEntryAt: position)
            let verifier = log.keys.verifier(of: proof.checkpoint)
            answer = Answer(proof: proof.text, key: verifier.description, entry: position)
        } else {
            let newest = try await log.store.state().books.last?.year
            guard let year = year ?? newest else { throw Failure("the log is empty") }
            let request = try await maker.consistency(from: since ?? 0, year: year)
            let verifier = log.keys.verifier(of: request.checkpoint)
            answer = Answer(
                proof: String(decoding: request.bytes, as: UTF8.self), key: verifier.description, entry: nil)
        }
        await log.store.close()
        try form.print(answer, text: String(answer.proof.dropLast()))
    }

    private static func position(of text: String, _ maker: ProofMaker) async throws -> Int64 {
        if let number = Int64(text), number >= 0 { return number }
        guard let bytes = LogicalID(text.lowercased())?.uuidBytes, let id = EventID(bytes) else {
            throw Failure("an entry is named by its number, or by the id of its event (a UUID)")
        }
        guard let position = try await maker.position(of: id) else { throw Failure("the log holds no such event") }
        return position
    }
}
