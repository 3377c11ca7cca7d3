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
            takes its place. What of the archive proves nothing is named and passed over. Move what is left of the old log aside \
            first, audit.db with its -wal and -shm: it is evidence. Stop the server first. A restore that was killed is finished by the \
            next one with the same --from and --accept-loss; another one begins anew.
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
        /// What of the archive proves nothing.
        var passedOver: [String]
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
        defer { lock.release() }
        let old = RebuiltLog.old(of: home)
        guard old.isEmpty else {
            // The write-ahead log can hold signed entries that are nowhere else, and belongs to its database.
            throw Failure("""
                \(old.joined(separator: ", ")): still there; move aside first all that is named, together into one folder and \
                under these names: it is evidence, and its newest entries may be in the -wal alone
                """)
        }
        _ = try ProcessHardening.apply(configuration)
        if !configuration.isDevelopment { try Separation.check(home, configuration, passphraseFile: options.passphraseFile) }
        // Before anything is rebuilt: without the keys nothing could tell of it.
        let keyring = try await HomeKeys.open(home, configuration, passphraseFile: options.passphraseFile)
        let rebuilt = RebuiltLog(
            home: home, keyring: keyring, keys: keys, words: RestoreWords(from: from, acceptsLoss: acceptLoss))
        let left = try await rebuilt.left { [witness] in
            try await KeptCheckpoints(of: home, $0, witness: witness, needsAnchor: false, configuration)
        }
        if let left {
            try await rebuilt.place()
            return try answer(
                LogRestore.Summary(entries: left.entries), left.faults, isRestored: true,
                "the log that was rebuilt before is in its place")
        }
        try await restore(rebuilt, configuration)
    }

    private func restore(_ rebuilt: RebuiltLog, _ configuration: WardConfiguration) async throws {
        let (summary, faults, loss) = try await rebuild(rebuilt, configuration)
        // What was lost before stays so, and is no reason to lose more.
        let new = faults.filter { $0.kind != Fault.Kind.lost.rawValue }
        let isLossOnly = new.allSatisfy { $0.kind == Fault.Kind.rolledBack.rawValue }
        let isRestored = new.isEmpty || (acceptLoss && isLossOnly && loss != nil)
        if isRestored {
            try await rebuilt.complete(entries: summary.entries, loss: new.isEmpty ? nil : loss)
            try await rebuilt.place()
        } else {
            rebuilt.remove()
        }
        try answer(
            summary, faults, isRestored: isRestored,
            "\(summary.entries.of("entry", "entries")) from \(summary.segments.of("segment", "segments"))"
                + (isRestored ? "; the log is in its place" : "; nothing was changed"))
        if !isRestored { throw ExitCode(1) }
    }

    private func answer(
        _ summary: LogRestore.Summary, _ faults: [VerificationResult.FaultLine], isRestored: Bool, _ line: String
    ) throws {
        let passedOver = summary.passedOver.map { "\($0.name): \($0.what)" }
        let words = faults.map { "\($0.kind): \($0.place): \($0.what)" } + passedOver.map { "passed over: \($0)" } + [line]
        try form.print(
            Answer(
                segments: summary.segments, entries: summary.entries, expired: summary.expired, passedOver: passedOver,
                isWhole: faults.isEmpty, faults: faults, isRestored: isRestored),
            text: words.joined(separator: "\n"))
    }

    private func rebuild(
        _ rebuilt: RebuiltLog, _ configuration: WardConfiguration
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
        try await rebuilt.begin()
        let (home, keys) = (rebuilt.home, rebuilt.keys)
        let store = try SQLiteAuditStore.open(path: rebuilt.path)
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
            rebuilt.remove()
            guard let fault = error as? AuditError else { throw error }
            throw Failure("the archive cannot be taken, and nothing was changed: \(fault.context)")
        }
    }
}
