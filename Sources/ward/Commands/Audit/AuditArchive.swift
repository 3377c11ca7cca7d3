internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// `ward audit archive`: what another account of the operating system runs, which may read the log, or only the segments that
/// the server hands out, and nothing else.
struct AuditArchive: AuditedCommand {
    static let events: [EventPromise] = []
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: """
            Copy the sealed log into a folder of immutable segments, as an account of its own that can only read the segments that \
            the server hands out (--from, audit.ship.group), or the log (--log, audit.group). Needs no home and no key but the log's \
            public one.
            """)
    @Option(help: "A folder into which the server ships segments: audit.ship.folder.") var from: String?
    @Option(help: "The log's folder: DIR/audit.") var log: String?
    @Option(help: "The log's verifier key, as `ward audit proof --output json` prints it; the oldest one where it was rotated.") var key: String
    @Option(help: "The folder of the segments; it belongs to this account.") var into: String
    @Option(help: "Copy again after so many seconds, until stopped; once where not given.") var every: Int?
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        /// Entries below this number are in the archive.
        var archived: Int64
        var isImmutable: Bool
        /// What the archive had that proves nothing, or had no more; what was missing is there again.
        var findings: [String]
    }

    mutating func run() async throws {
        let key = try CheckpointKey(parsing: key)
        guard (from == nil) != (log == nil) else { throw Failure("give --from FOLDER or --log DIR/audit: one of them") }
        let archive = FolderArchive(folder: into)
        if let every, every < 1 { throw Failure("--every takes seconds, one or more") }
        var told: Set<String> = []
        while true {
            do {
                let copied = if let from {
                    try await takeOver(from, to: archive, key)
                } else {
                    try await copy(log ?? "", to: archive, key)
                }
                let (archived, found) = copied
                let findings = found.map { "\($0.name): \($0.what)" }
                guard every != nil else {
                    let isImmutable = archive.keepsImmutable
                    let line = "everything below entry \(archived) is in \(into)"
                        + (isImmutable ? ", immutable" : "; the immutable attribute cannot be set here")
                    return try form.print(
                        Answer(archived: archived, isImmutable: isImmutable, findings: findings),
                        text: ([line] + findings.map { "found: \($0)" }).joined(separator: "\n"))
                }
                for finding in findings where told.insert(finding).inserted { OutputOptions.say("ward: \(into): \(finding)") }
            } catch {
                guard every != nil else { throw error }
                OutputOptions.say("ward: \(Explanation.of(error))")
            }
            try await Task.sleep(for: .seconds(every ?? 1))
        }
    }

    private func takeOver(
        _ from: String, to archive: FolderArchive, _ key: CheckpointKey
    ) async throws -> (archived: Int64, findings: [ArchiveFinding]) {
        guard LogOrigin.book(of: key.name) != nil else { throw Failure("--key is not the verifier key of a log") }
        guard FileManager.default.fileExists(atPath: from) else { throw Failure("\(from): there is no such folder") }
        let summary = try await SegmentTransfer(from: FolderArchive(folder: from), to: archive, trusting: key.publicKey).run()
        return (summary.archived, summary.refused)
    }

    private func copy(
        _ log: String, to archive: FolderArchive, _ key: CheckpointKey
    ) async throws -> (archived: Int64, findings: [ArchiveFinding]) {
        let place = try await Self.readable(log + "/audit.db", archive, beside: into)
        defer { if place.isCopy { Self.remove(place.path) } }
        let store = try SQLiteAuditStore.openForReading(path: place.path)
        do {
            try await Self.check(key, store)
            let shipping = SegmentShipping(
                of: store, keys: try HandoverFile(folder: log).keys(trusting: key.publicKey), to: archive, interval: 0,
                retention: try AuditRetention(years: AuditRetention.floorYears))
            try await shipping.deliverAll()
            let position = try await shipping.position()
            await store.close()
            return (position, shipping.findings())
        } catch {
            await store.close()
            throw error
        }
    }

    /// Refuses the key of another log, to which each segment of this one would look changed.
    private static func check(_ key: CheckpointKey, _ store: SQLiteAuditStore) async throws {
        guard let named = LogOrigin.book(of: key.name) else { throw Failure("--key is not the verifier key of a log") }
        guard let book = try await store.state().books.last else { return }
        let head = try await store.head(of: book.year)
        guard let head, let origin = try? SignedCheckpoint(parsing: head.note).checkpoint.origin,
              let found = LogOrigin.book(of: origin)?.prefix, found != named.prefix else { return }
        throw Failure("--key is of the log \(named.prefix), and here lies \(found)")
    }

    /// The database, or a copy of it in the archive's own folder where the server has ended: SQLite reads it then only where it can make
    /// files beside it. Whatever the copy holds is proved like anything else before it is archived.
    private static func readable(
        _ path: String, _ archive: FolderArchive, beside folder: String
    ) async throws -> (path: String, isCopy: Bool) {
        let files = FileManager.default
        guard files.fileExists(atPath: path), !files.fileExists(atPath: path + "-wal") else { return (path, false) }
        try await archive.probe()
        let copy = folder + "/partial/audit.db"
        remove(copy)
        do { try files.copyItem(atPath: path, toPath: copy) } catch {
            throw Failure("\(path): cannot be read")
        }
        guard chmod(copy, 0o600) == 0 else { throw Failure("\(copy): its mode cannot be set") }
        return (copy, true)
    }

    private static func remove(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
}
