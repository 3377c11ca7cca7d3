internal import WardAudit
internal import WardDatabase
internal import WardKeys
internal import WardRecords
internal import WardSQLite
internal import WardSearch
internal import WardVault

/// Does what commands ask of the blind index. A new epoch is told to the log before it begins and when it has ended.
struct IndexAdministration: Sendable {
    let configuration: WardConfiguration
    let keyring: Keyring
    let tenantKeys: TenantKeys
    let records: SQLiteRecordStore
    let vault: Vault
    let audit: AuditLog
    /// What a server's own service, which brings versions over, does.
    let service = IndexPresence()

    /// Versions that one transaction brings over.
    private static let stepRecords = 1_000
    /// Where counting ends: a status is asked for beside requests.
    private static let countBound = 1_000_000

    /// What a shredding asks of the index.
    var renewal: IndexRenewal {
        IndexRenewal(newestEpoch: { vault.indexEpochs.last?.number ?? 0 }, step: { try await renew(past: $0, by: $1) })
    }

    /// Epochs, partitions, sizes, and what is allowed in the index.
    func status() async throws -> IndexStatus {
        let size = try await records.indexSize(bound: Self.countBound)
        let state = try await records.indexState()
        let epochs = vault.indexEpochs
        let configured = try configuration.indexPolicy()
        let policy = IndexPolicy.of(epochs.last?.policy)
        let isRebuilding = epochs.count > 1
        return IndexStatus(
            epochs: epochs.map {
                .init(epoch: $0.number, partitions: Int($0.partitions), isCurrent: $0.number == epochs.last?.number)
            },
            records: size.records, countedTo: size.bound, levels: size.levels.map { .init(name: $0.name, entries: $0.entries) },
            rebuild: isRebuilding ? .init(passed: state.reindexed, of: state.boundary) : nil,
            needsRebuild: !isRebuilding
                && (policy != configured || epochs.last?.partitions != configuration.indexPartitions),
            allowed: (policy ?? .first).listing(SearchCatalog.r4, types: FHIRDefinitionsTypes.stored))
    }

    /// Begins a new epoch with the partitions and the list that are configured; where one was begun and has not ended, it
    /// is that one which goes on.
    func begin(by origin: EventOrigin) async throws {
        guard vault.indexEpochs.count == 1 else { return }
        let policy = try configuration.indexPolicy()
        // What an earlier epoch left behind goes first: its tables are the ones to be filled.
        while try await !records.endOlderIndex() {}
        try await audit.record(Self.event("rotate-begins", origin))
        let change = try await keyring.beginIndex(
            tenantKeys.tenant, partitions: configuration.indexPartitions, policy: policy.text,
            now: SystemWallClock().now())
        var event = Self.event("rotate", origin)
        event.details += change.made.map { .init("made", $0) }
        try await audit.record(event)
    }

    /// Brings versions over to the newest epoch for about so long; at the end, destroys the key of the older one.
    /// - Parameter perSecond: records a second at most; 0 for any.
    func step(for time: Duration, perSecond: Int, by origin: EventOrigin) async throws -> IndexRebuild.Progress {
        let rebuild = IndexRebuild(vault: vault, store: records, collections: House.indexedCollections(of: vault))
        let end = ContinuousClock.now + time
        let limit = perSecond == 0 ? Self.stepRecords : min(Self.stepRecords, max(1, perSecond / 5))
        while true {
            let begun = ContinuousClock.now
            var progress = try await rebuild.step(limit: limit)
            if progress.isFinished {
                try await retire(progress.epoch, origin)
                return progress
            }
            if perSecond > 0, progress.records > 0 {
                try await Task.sleep(until: begun + .seconds(1) * progress.records / perSecond)
            }
            if ContinuousClock.now >= end {
                progress.isFinished = false
                return progress
            }
        }
    }

    /// How far the server's own steps have come.
    func progress() async throws -> IndexRebuild.Progress {
        // Who asks comes back at once; the service that does the work goes on meanwhile.
        try await Task.sleep(for: .milliseconds(200))
        let state = try await records.indexState()
        let epochs = vault.indexEpochs
        // Looked at after the epochs: they are one before the end of the others is told, or could not be.
        let isRetiring = service.isRetiring
        if let failure = service.failure { throw Failure(failure) }
        let isBegun = state.epoch == epochs.last?.number
        return IndexRebuild.Progress(
            epoch: epochs.last?.number ?? 0, passed: isBegun ? state.reindexed : 0, of: state.boundary, records: 0,
            isFinished: epochs.count == 1 && !isRetiring)
    }

    /// Goes on until no epoch up to this one is left. While a server runs its own service does the work.
    private func renew(past epoch: UInt32, by origin: EventOrigin) async throws -> IndexRebuild.Progress {
        let epochs = vault.indexEpochs
        if epochs.count == 1, let newest = epochs.first, newest.number <= epoch { try await begin(by: origin) }
        var progress =
            service.isRunning ? try await self.progress()
            : try await step(for: .seconds(20), perSecond: 0, by: origin)
        // The end of an epoch that had begun before is not yet the end of this one.
        progress.isFinished = vault.indexEpochs.allSatisfy { $0.number > epoch } && !service.isRetiring
        return progress
    }

    private func retire(_ epoch: UInt32, _ origin: EventOrigin) async throws {
        service.beginRetiring()
        do {
            _ = try await KeyRetirement(audit: audit, origin: origin).perform("index") {
                try await keyring.retireIndexes(tenantKeys.tenant, before: epoch, telling: $0)
            }
            service.endRetiring()
        } catch {
            service.endRetiring(failure: service.isRunning ? Self.failure(error) : nil)
            throw error
        }
    }

    /// Why versions cannot be brought over, for who waits for it.
    static func failure(_ error: any Error) -> String {
        """
        the index cannot be made anew: \(Explanation.of(error)). Nothing is lost, and it is gone on with by itself once `ward verify` finds \
        nothing there
        """
    }

    private static func event(_ what: String, _ origin: EventOrigin) -> AuditEvent {
        AuditEvent(.keyChange, by: origin, details: [.init("what", what), .init("key", "index")])
    }
}

/// The blind index as it may be seen: names and numbers.
struct IndexStatus: Codable, Sendable {
    /// Oldest first; new tokens are made in the last.
    var epochs: [Epoch]
    /// Current versions that can be found by it.
    var records: Int
    /// Where counting ends: a number that reaches it means "at least".
    var countedTo: Int
    var levels: [Level]
    /// How far a rebuild is, while there is one.
    var rebuild: Rebuild?
    /// Whether the configuration asks for another list or other partitions than the newest epoch has.
    var needsRebuild: Bool
    /// What has terms in the newest epoch, and what that shows.
    var allowed: [IndexPolicy.Listed]

    /// One epoch.
    struct Epoch: Codable, Sendable {
        var epoch: UInt32
        var partitions: Int
        var isCurrent: Bool
    }

    /// Entries in one level of the engine.
    struct Level: Codable, Sendable {
        var name: String
        var entries: Int
    }

    /// How far a rebuild is: sequences that were passed, of those that were there when it began.
    struct Rebuild: Codable, Sendable {
        var passed: Int64
        var of: Int64
    }

    /// For people.
    var text: String {
        let epochs = epochs.map { "epoch \($0.epoch)\t\($0.partitions) partitions\($0.isCurrent ? "\tcurrent" : "")" }
        let counted = { (count: Int) in count < countedTo ? "\(count)" : "at least \(count)" }
        let sizes = ["\(counted(records)) records"] + levels.map { "\($0.name): \(counted($0.entries)) entries" }
        let allowed = allowed.map { item in
            "\(item.parameter)\t\(item.type)\t\(item.families.joined(separator: " + "))\t\(item.resources.count) types\tshows \(item.shows)"
        }
        var notes = rebuild.map { ["being made anew: \($0.passed) of \($0.of) versions passed"] } ?? []
        if needsRebuild { notes.append("the configuration asks for another list or other partitions: ward index rebuild") }
        return (epochs + notes + [sizes.joined(separator: ", ")] + allowed).joined(separator: "\n")
    }
}
