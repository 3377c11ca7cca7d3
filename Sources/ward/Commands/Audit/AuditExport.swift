internal import ArgumentParser
internal import WardAudit
internal import WardKeys
internal import WardSQLite

/// `ward audit export`
struct AuditExport: AuditedCommand {
    static let events = [EventPromise(.logRead, "before anything is written out")]
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the log for other programs. That is itself in the log.")

    /// Forms of an export.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tiles
    }

    @Option(help: "tiles: the sealed log as static files of a tiled log (C2SP tlog-tiles), a folder a year.")
    var format: Format = .tiles
    @Option(help: "The folder to write to.") var to: String
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        /// Verifier keys, one a book.
        var keys: [String]
    }

    mutating func run() async throws {
        let home = try options.existing()
        guard let key = try Keyring.logPublicKeys(in: home.keys).last else {
            throw Failure("the public key of the log is missing")
        }
        _ = try await HomeAccess.perform(
            .logRead(what: "export-\(format.rawValue)", count: nil), on: home, passphraseFile: options.passphraseFile)
        let store = try SQLiteAuditStore.openForReading(path: home.auditDatabase)
        let origins = try await TileFolder(store: store, folder: to).write()
        await store.close()
        let keys = origins.map { CheckpointKey(name: $0, publicKey: key.bytes).description }
        try form.print(Answer(keys: keys), text: keys.joined(separator: "\n"))
    }
}
