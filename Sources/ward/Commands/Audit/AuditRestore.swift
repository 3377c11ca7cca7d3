internal import ArgumentParser
internal import Foundation
internal import WardAudit
internal import WardDatabase
internal import WardSQLite

/// `ward audit restore`
struct AuditRestore: AuditedCommand {
    static let events = [EventPromise(.restore, "the log was rebuilt from an archive, and what was lost")]
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: """
            Rebuild the log from the segments of an archive and verify it, against the anchor and the witness too, before it \
            takes its place. Move what is left of the old log aside first: it is evidence. Stop the server first.
            """)
    @Option(help: "A folder of segments; the archive of the configuration where not given.") var from: String?
    @Flag(help: """
        Take the log although signed entries are missing at its end, which the archive did not get. The anchor is put aside, and \
        that they are missing stays visible.
        """)
    var acceptLoss = false
    @OptionGroup var witness: WitnessOptions
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    private struct Answer: Encodable {
        var segments: Int
        var entries: Int64
        /// Entries below this number had expired.
        var expired: Int64
        var isWhole: Bool
        var faults: [VerificationResult.FaultLine]
        /// Whether the log is in its place now.
        var isRestored: Bool
    }

    mutating func run() async throws {
        let home = try options.existing()
        let configuration = try WardConfiguration(home: home)
        let keys = try LogFile.keys(of: home)
        let lock = try await HomeLock.take(home, purpose: "audit restore")
        var isLocked = true
        defer { if isLocked { lock.release() } }
        guard !FileManager.default.fileExists(atPath: home.auditDatabase) else {
            throw Failure("\(home.auditDatabase): is there; move it aside first, it is evidence")
        }
        let (summary, faults, loss) = try await rebuild(home, configuration, keys)
        // What was lost before stays so, and is no reason to lose more.
        let new = faults.filter { $0.kind != Fault.Kind.lost.rawValue }
        let isLossOnly = new.allSatisfy { $0.kind == Fault.Kind.rolledBack.rawValue }
        let isRestored = new.isEmpty || (acceptLoss && isLossOnly && loss != nil)
        if isRestored {
            let lost = new.isEmpty ? nil : loss
            try await putInPlace(home, lost)
            lock.release()
            isLocked = false
            try await tell(home, summary, lost)
        } else {
            Self.remove(fresh(home))
        }
        let words = faults.map { "\($0.kind): \($0.place): \($0.what)" }
            + [
                "\(summary.entries.of("entry", "entries")) from \(summary.segments.of("segment", "segments"))"
                    + (isRestored ? "; the log is in its place" : "; nothing was changed")
            ]
        try form.print(
            Answer(
                segments: summary.segments, entries: summary.entries, expired: summary.expired, isWhole: faults.isEmpty,
                faults: faults, isRestored: isRestored),
            text: words.joined(separator: "\n"))
        if !isRestored { throw ExitCode(1) }
    }

    private func fresh(_ home: Home) -> String { home.auditDatabase + ".restoring" }

    private static func remove(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    private func rebuild(
        _ home: Home, _ configuration: WardConfiguration, _ keys: CheckpointKeys
    ) async throws -> (LogRestore.Summary, [VerificationResult.FaultLine], LossNote?) {
        let archive: any SegmentArchive
        if let from {
            guard FileManager.default.fileExists(atPath: from) else { throw Failure("\(from): there is no such folder") }
            archive = FolderArchive(folder: from)
        } else {
            guard let first = try Deliveries.archives(configuration).first else {
                throw Failure("the configuration names no archive; give --from FOLDER")
            }
            archive = first
        }
        Self.remove(fresh(home))
        let store = try SQLiteAuditStore.open(path: fresh(home))
        do {
            let summary = try await LogRestore(from: archive, keys: keys).run(into: store)
            let kept = try await KeptCheckpoints(of: home, store, witness: witness, needsAnchor: false, configuration)
            let report = try await AuditVerifier(store: store, keys: keys, kept: kept.checkpoints).verify()
            let end = try await store.state().nextPosition
            await store.close()
            let faults = kept.faults + report.faults.map(VerificationResult.FaultLine.init)
            return (summary, faults, LossNote(after: report.head, first: end, kept: kept.checkpoints, keys: keys))
        } catch {
            await store.close()
            Self.remove(fresh(home))
            guard let fault = error as? AuditError else { throw error }
            throw Failure("the archive cannot be taken, and nothing was changed: \(fault.context)")
        }
    }

    private func putInPlace(_ home: Home, _ loss: LossNote?) async throws {
        if let loss {
            let store = try SQLiteAuditStore.open(path: fresh(home))
            do {
                try await store.keepLoss(loss.bytes)
                await store.close()
            } catch {
                await store.close()
                throw error
            }
        }
        do {
            Self.remove(home.auditIndex)
            for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: home.auditDatabase + ending) }
            if loss != nil, FileManager.default.fileExists(atPath: home.auditAnchor) {
                try? FileManager.default.removeItem(atPath: home.auditAnchor + ".before-restore")
                try FileManager.default.moveItem(atPath: home.auditAnchor, toPath: home.auditAnchor + ".before-restore")
            }
            try FileManager.default.moveItem(atPath: fresh(home), toPath: home.auditDatabase)
        } catch {
            throw Failure("\(home.auditDatabase): the log cannot be put in its place")
        }
    }

    private func tell(_ home: Home, _ summary: LogRestore.Summary, _ loss: LossNote?) async throws {
        let house = try await House.open(
            home, purpose: "audit restore", passphraseFile: options.passphraseFile,
            accepting: FileManager.default.fileExists(atPath: home.auditAnchor) ? nil : .anchor)
        var event = AuditEvent(
            .restore, by: house.operatorOrigin, count: Int(clamping: summary.entries),
            details: [.init("what", "audit-log"), .init("loss", loss == nil ? "none" : "accepted")])
        if let loss {
            // Everybody who verifies the log sees it by this outcome and digest, without any key.
            event = event.ended(.majorFailure, reason: "loss-accepted")
            event.details += [
                .init("lost_from", String(loss.first)), .init("lost_book", loss.checkpoint.checkpoint.origin),
                .init("lost_size", String(loss.checkpoint.checkpoint.size)),
            ]
            try await house.audit.record(event, digest: loss.digest)
        } else {
            try await house.audit.record(event)
        }
        try await house.close()
    }
}
