internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardRecords
internal import WardSQLite

/// `ward audit export`
struct AuditExport: AuditedCommand {
    static let events = [EventPromise(.logRead, "before anything is written out, and when that ended, with range, count and outcome")]
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log for other programs and for people. Each entry is proved on the way. That is itself in the log.")

    /// Forms of an export.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson, ocsf, csv, tiles
    }

    @Option(help: """
        ndjson: FHIR AuditEvents, one a line. ocsf: events of the Open Cybersecurity Schema Framework, one a line. csv: a table \
        for people. tiles: the sealed log as static files of a tiled log (C2SP tlog-tiles), a folder a year.
        """)
    var format: Format
    @Option(help: "The file to write, which must not be there yet; a folder for tiles.") var into: String
    @Option(help: "From this entry or time on: a number, or RFC 3339 such as 2026-01-31T00:00:00Z.") var from: String?
    @Option(help: "Up to, not including, this entry or time.") var to: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        /// Verifier keys: of each book, one for each key that the log has had, oldest first.
        var keys: [String]
        var written: LogExport.Summary?
    }

    mutating func run() async throws {
        let home = try options.existing()
        guard format != .tiles || (from == nil && to == nil) else { throw Failure("tiles hold whole books: leave out --from and --to") }
        let log = try LogFile(of: home)
        let store = log.store
        let range = try await EntryRange(from: from, to: to, in: store).positions
        let part = range.clamped(to: 0..<(try await store.state().nextPosition))
        var note = ExportNote(
            id: UUID().uuidString.lowercased(), format: format.rawValue, part: part, count: part.count, state: .begun)
        // That it leaves is in the log before anything does.
        try await tell(note, home)
        note.state = .ended
        do {
            let (answer, text) = try await write(part, home, log)
            await store.close()
            note.count = answer.written.map { Int($0.entries) } ?? part.count
            try await tell(note, home)
            try form.print(answer, text: text)
        } catch {
            await store.close()
            note.count = 0
            note.reason = (error as? AuditError)?.code.rawValue ?? "not-written"
            try? await tell(note, home)
            throw error
        }
    }

    private func tell(_ note: ExportNote, _ home: Home) async throws {
        _ = try await HomeAccess.perform(.logExport(note), on: home, passphraseFile: options.passphraseFile)
    }

    private func write(_ part: Range<Int64>, _ home: Home, _ log: LogFile) async throws -> (Answer, String) {
        guard format == .tiles else {
            let written = try await writeLines(part, home, log)
            return (Answer(keys: [], written: written), "\(written.entries.of("entry", "entries")) into \(into)")
        }
        let origins = try await TileFolder(store: log.store, folder: into).write()
        try HandoverFile(folder: into).write(log.keys.handovers)
        let keys = origins.flatMap { origin in
            log.keys.all.map { CheckpointKey(name: origin, publicKey: $0).description }
        }
        return (Answer(keys: keys, written: nil), keys.joined(separator: "\n"))
    }

    private func writeLines(
        _ range: Range<Int64>, _ home: Home, _ log: LogFile
    ) async throws -> LogExport.Summary {
        let configuration = try WardConfiguration(home: home)
        let sealer = try await LogReader(home: home, passphraseFile: options.passphraseFile).sealer(configuration)
        let export = LogExport(of: SealedLog(store: log.store, sealer: sealer, keys: log.keys))
        let file = try NewFile(into)
        do {
            let written: LogExport.Summary
            switch format {
            case .csv: written = try await export.write(range, as: .csv, to: file.write)
            case .ocsf: written = try await export.write(range, as: .ocsf, to: file.write)
            case .ndjson, .tiles:
                let lines = AuditEventLines(isDevelopment: configuration.isDevelopment)
                written = try await export.write(range, to: file.write) { lines.line($0) }
            }
            try file.finish()
            return written
        } catch {
            file.discard()
            throw error
        }
    }
}
