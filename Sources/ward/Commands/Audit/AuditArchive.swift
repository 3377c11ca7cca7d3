internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// `ward audit archive`: what another account of the operating system runs, which may read the log and nothing else.
struct AuditArchive: AuditedCommand {
    static let events: [EventPromise] = []
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: """
            Copy the sealed log into a folder of immutable segments, as an account of its own that can only read the log \
            (audit.group). Needs no home and no key but the log's public one.
            """)
    @Option(help: "The log's folder: DIR/audit.") var log: String
    @Option(help: "The log's verifier key, as `ward audit proof --output json` prints it; the oldest one where it was rotated.") var key: String
    @Option(help: "The folder of the segments; it belongs to this account.") var into: String
    @Option(help: "Copy again after so many seconds, until stopped; once where not given.") var every: Int?
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        /// Entries below this number are in the archive.
        var archived: Int64
        var isImmutable: Bool
    }

    mutating func run() async throws {
        let key = try CheckpointKey(parsing: key)
        let archive = FolderArchive(folder: into)
        if let every, every < 1 { throw Failure("--every takes seconds, one or more") }
        while true {
            do {
                let archived = try await copy(to: archive, key)
                guard every != nil else {
                    let isImmutable = archive.keepsImmutable
                    return try form.print(
                        Answer(archived: archived, isImmutable: isImmutable),
                        text: "everything below entry \(archived) is in \(into)"
                            + (isImmutable ? ", immutable" : "; the immutable attribute cannot be set here"))
                }
            } catch {
                guard every != nil else { throw error }
                OutputOptions.say("ward: \(Explanation.of(error))")
            }
            try await Task.sleep(for: .seconds(every ?? 1))
        }
    }

    private func copy(to archive: FolderArchive, _ key: CheckpointKey) async throws -> Int64 {
        let place = try await Self.readable(log + "/audit.db", archive, beside: into)
        defer { if place.isCopy { Self.remove(place.path) } }
        let store = try SQLiteAuditStore.openForReading(path: place.path)
        do {
            let shipping = SegmentShipping(
                of: store, keys: try HandoverFile(folder: log).keys(trusting: key.publicKey), to: archive, interval: 0,
                retention: try AuditRetention(years: AuditRetention.floorYears))
            try await shipping.deliverAll()
            let position = try await shipping.position()
            await store.close()
            return position
        } catch {
            await store.close()
            throw error
        }
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
