internal import ArgumentParser
internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardAudit
internal import WardDatabase
internal import WardSystem
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
        /// What the archive had that proves nothing, or had no more (what was missing is there again); what was not taken.
        var findings: [String]
    }

    mutating func run() async throws {
        let key = try CheckpointKey(parsing: key)
        guard (from == nil) != (log == nil) else { throw Failure("give --from FOLDER or --log DIR/audit: one of them") }
        let archive = FolderArchive(folder: into)
        if let every, every < 1 { throw Failure("--every takes seconds, one or more") }
        var told: Set<String> = []
        let transfer = try from.map { try Self.transfer(from: $0, to: archive, key) }
        while true {
            do {
                let copied = if let transfer {
                    try await Self.takeOver(transfer)
                } else {
                    try await copy(log ?? "", to: archive, key)
                }
                let (archived, found) = copied
                let findings = found.map { "\($0.name): \($0.what)" }
                guard every != nil else {
                    let isImmutable = archive.keepsImmutable
                    let line = "everything below entry \(archived) is in \(into)"
                        + (isImmutable ? ", immutable" : "; the immutable attribute cannot be set here")
                    try form.print(
                        Answer(archived: archived, isImmutable: isImmutable, findings: findings),
                        text: ([line] + findings.map { "found: \($0)" }).joined(separator: "\n"))
                    if findings.isEmpty { return }
                    throw ExitCode(1)
                }
                for finding in findings where told.insert(finding).inserted { OutputOptions.say("ward: \(into): \(finding)") }
            } catch {
                guard every != nil else { throw error }
                OutputOptions.say("ward: \(Explanation.of(error))")
            }
            try await Task.sleep(for: .seconds(every ?? 1))
        }
    }

    private static func transfer(
        from folder: String, to archive: FolderArchive, _ key: CheckpointKey
    ) throws -> SegmentTransfer {
        guard LogOrigin.book(of: key.name) != nil else { throw Failure("--key is not the verifier key of a log") }
        guard FileManager.default.fileExists(atPath: folder) else { throw Failure("\(folder): there is no such folder") }
        return SegmentTransfer(from: FolderArchive(folder: folder), to: archive, trusting: key.publicKey)
    }

    private static func takeOver(
        _ transfer: SegmentTransfer
    ) async throws -> (archived: Int64, findings: [ArchiveFinding]) {
        let summary = try await transfer.run()
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
        // Who writes the log's folder could else name any file by a link, or have this wait for ever on what is none.
        for name in [path, path + "-wal", path + "-shm"] where !isRegularOrAbsent(name) {
            throw Failure("\(name): is no regular file")
        }
        let files = FileManager.default
        guard files.fileExists(atPath: path), !files.fileExists(atPath: path + "-wal") else { return (path, false) }
        try await archive.probe()
        let copy = folder + "/partial/audit.db"
        remove(copy)
        try copyFile(path, to: copy)
        return (copy, true)
    }

    private static func isRegularOrAbsent(_ path: String) -> Bool {
        FileStatus(named: path)?.isPlain ?? true
    }

    /// Copies a regular file into a new one of mode 0600, following no link.
    private static func copyFile(_ path: String, to copy: String) throws {
        let unread = Failure("\(path): cannot be read"), unwritten = Failure("\(copy): cannot be written")
        let from = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard from >= 0 else { throw unread }
        defer { close(from) }
        guard FileStatus(of: from)?.isPlain == true else { throw unread }
        let to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw unwritten }
        let (source, target) = (FileHandle(fileDescriptor: from), FileHandle(fileDescriptor: to, closeOnDealloc: true))
        while true {
            let block: Data?
            do { block = try source.read(upToCount: 1 << 20) } catch { throw unread }
            guard let block, !block.isEmpty else { return }
            do { try target.write(contentsOf: block) } catch { throw unwritten }
        }
    }

    private static func remove(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
}
