internal import WardAudit
internal import WardDatabase
internal import WardVault

/// Verifies everything in small steps, in bounded memory, beside requests and over days if need be: every version opens,
/// versions are whole, seals match the log, tokens match contents, keys open and are needed.
///
/// What it knows lies in its ``SweepState``, so a process may die at any moment and another goes on. The events of writes
/// stand in the log in the order of the versions, so both are walked side by side: versions of which no event was met yet
/// and events whose version was not read yet are few at any moment.
public struct RecordSweep: Sendable {
    /// Versions without event, and events without version, that are remembered at most.
    private static let memory = 10_000
    /// Entries of the log in one go.
    private static let blockEntries = 1_024
    private static let indexEntries = 4_096

    private let verifier: RecordVerifier

    /// A verification in steps by what verifies everything at once.
    public init(_ verifier: RecordVerifier) { self.verifier = verifier }

    /// Begins: what is written from now on is for the next time.
    public func begin() async throws -> SweepState {
        SweepState(end: try await verifier.records.newestSequence())
    }

    /// Does a step.
    /// - Parameter rows: how many versions it opens at most.
    /// - Throws: ``DatabaseError`` or ``VaultError`` where stores or keys cannot be read; the state stays as it was.
    public func step(_ state: SweepState, rows: Int) async throws -> SweepState {
        var next = state
        switch state.part {
        case .records: try await readRecords(&next, rows)
        case .log: try await readLog(&next)
        case .index: try await readIndex(&next)
        case .keys: try await readKeys(&next)
        case .finished: break
        }
        return next
    }

    // MARK: Versions, and the log beside them

    private func readRecords(_ state: inout SweepState, _ limit: Int) async throws {
        if state.untold.count >= Self.memory {
            if state.ahead.count < Self.memory, try await advance(&state) { return }
            try await settle(&state)
        }
        if state.sequence == 0 {
            var report = RecordReport()
            let isReadable = try await verifier.checkStore(&report)
            state.take(report)
            // Nothing more can be told of what cannot be read.
            guard isReadable else { return state.part = .finished }
        }
        let page = try await verifier.records.scan(after: state.sequence, limit: limit).through(state.end)
        let rows = page.rows
        guard let last = page.last else {
            state.part = .log
            return
        }
        var (report, shredding) = try await checked(rows)
        verifier.add(page.damaged, &report)
        state.take(report)
        state.take(shredding)
        state.sequence = last
        state.work += rows.count + page.damaged.count
        let expired = try await verifier.newestExpired()
        for row in rows where !row.key.type.hasPrefix("_") {
            let name = "\(row.key)/\(row.version)"
            guard state.ahead.remove(name) == nil else { continue }
            if let expired, row.updatedAt <= expired - RecordVerifier.tolerance {
                state.expired += 1
                continue
            }
            state.untold.insert(name)
            if let expired, row.updatedAt <= expired + RecordVerifier.tolerance { state.aged.insert(name) }
        }
        if !state.untold.isEmpty, state.ahead.count < Self.memory { _ = try await advance(&state) }
    }

    /// Versions of one step; read anew where another epoch of the index began in between.
    private func checked(_ rows: [StoredRecord]) async throws -> (RecordReport, SeenShredding) {
        var attempt = 0
        while true {
            attempt += 1
            let epochs = verifier.vault.indexEpochs.map(\.number)
            var report = RecordReport()
            var seen = SeenVersions()
            try await verifier.check(rows, &seen, &report)
            try await verifier.checkStanding(&seen, &report)
            let isSame = verifier.vault.indexEpochs.map(\.number) == epochs
            if isSame || attempt == Vault.epochAttempts || !report.faults.contains(where: { $0.kind == .index }) {
                return (report, seen.shredding)
            }
        }
    }

    /// Reads the next entries of the log.
    /// - Returns: false where there are none.
    private func advance(_ state: inout SweepState) async throws -> Bool {
        let block = try await verifier.log.entries(from: state.entry, limit: Self.blockEntries, maximumBytes: 1 << 20)
        guard block.count > 0 else { return false }
        try await compare((0..<block.count).map { (Array(block[$0]), nil) }, &state)
        state.entry = block.positions[block.count - 1] + 1
        state.work += block.count / 4 + 1
        return true
    }

    /// - Parameter entries: each with its number where it lies in the outbox.
    private func compare(_ entries: [(entry: [UInt8], number: Int64?)], _ state: inout SweepState) async throws {
        var seen = SeenVersions()
        var reread: Set<String> = []
        var report = RecordReport()
        for (entry, number) in entries {
            guard let told = try await verifier.compare(entry, number: number, &seen, &reread, &report), let version = told.version,
                let id = told.id, !told.type.hasPrefix("_")
            else { continue }
            let name = "\(told.type)/\(id)/\(version)"
            if state.untold.remove(name) == nil, state.part == .records { state.ahead.insert(name) }
        }
        state.take(report)
        state.take(seen.shredding)
        state.take(seen.holds)
    }

    // MARK: The rest of the log

    private func readLog(_ state: inout SweepState) async throws {
        state.ahead = []
        if try await advance(&state) { return }
        // What is still on its way into the log was read from the outbox first, then from the log's new end.
        if !state.untold.isEmpty { try await readOutbox(&state) }
        while !state.untold.isEmpty, try await advance(&state) {}
        try await settle(&state)
        try await settleHolds(&state)
        try await checkShredding(&state)
        state.part = .index
    }

    /// Names what is missing of holds, once nothing newer tells of them.
    private func settleHolds(_ state: inout SweepState) async throws {
        guard state.holds?.faults.isEmpty == false else { return }
        // A hold that was placed anew may not have come into the log so far.
        try await readOutbox(&state)
        while try await advance(&state) {}
        var report = RecordReport()
        report.faults = state.holds?.faults ?? []
        state.take(report)
    }

    private func readOutbox(_ state: inout SweepState) async throws {
        var after: Int64 = 0
        while true {
            let rows = try await verifier.records.outbox(after: after, limit: 1_000)
            guard let last = rows.last else { return }
            try await compare(rows.map { ($0.event.entry, $0.number) }, &state)
            after = last.number
        }
    }

    /// Names what the log does not tell of, after it was looked for in all of it.
    private func settle(_ state: inout SweepState) async throws {
        guard !state.untold.isEmpty else { return }
        let wanted = state.untold
        var found: Set<String> = []
        var place: Int64 = 0
        while true {
            let block = try await verifier.log.entries(from: place, limit: Self.blockEntries, maximumBytes: 1 << 20)
            guard block.count > 0 else { break }
            for index in 0..<block.count {
                guard let name = verifier.told(by: Array(block[index])) else { continue }
                if wanted.contains(name) { found.insert(name) }
            }
            place = block.positions[block.count - 1] + 1
            state.work += block.count / 4 + 1
        }
        var report = RecordReport()
        let unfound = wanted.subtracting(found)
        state.expired += unfound.intersection(state.aged).count
        for name in unfound.subtracting(state.aged).sorted() {
            let parts = name.split(separator: "/")
            report.add(RecordFault(
                kind: .inserted, record: parts.dropLast().joined(separator: "/"), version: parts.last.flatMap { UInt64($0) } ?? 0,
                what: "the audit log tells of no such write"))
        }
        state.take(report)
        state.untold = []
    }

    private func checkShredding(_ state: inout SweepState) async throws {
        let marked = try await verifier.marked()
        if !marked.isSubset(of: ids(state.ordered)) {
            // Who was shredded meanwhile was ordered to be in what the log has got since.
            try await readOutbox(&state)
            while try await advance(&state) {}
        }
        var seen = SeenVersions()
        seen.shredding = SeenShredding(
            opened: ids(state.destroyed), closed: ids(state.closed), ordered: ids(state.ordered), destroyed: ids(state.destroyed),
            marked: marked)
        for (patient, time) in state.orders { LogicalID(patient).map { seen.shredding.orders[$0] = time } }
        if let expired = try await verifier.newestExpired() {
            seen.shredding.believeOrders(through: expired + RecordVerifier.tolerance)
        }
        var report = RecordReport()
        try await verifier.checkShredding(seen, &report)
        state.take(report)
    }

    private func ids(_ texts: Set<String>) -> Set<LogicalID> { Set(texts.compactMap { LogicalID($0) }) }

    // MARK: Index and keys

    private func readIndex(_ state: inout SweepState) async throws {
        let place = state.indexPlace.map { IndexPlace(level: Int($0[0]), key: $0[1], record: $0[2]) }
        let page = try await verifier.records.strays(from: place, limit: Self.indexEntries)
        var report = RecordReport()
        for sequence in Set(page.strays).sorted() {
            if let fault = try await verifier.stray(sequence) { report.add(fault) }
        }
        for flaw in page.flaws { report.add(RecordFault(flaw)) }
        for sequence in page.forgotten {
            if let fault = try await verifier.forgotten(sequence) { report.add(fault) }
        }
        state.take(report)
        state.work += Self.indexEntries / 8
        state.indexPlace = page.next.map { [Int64($0.level), $0.key, $0.record] }
        if page.next == nil { state.part = .keys }
    }

    private func readKeys(_ state: inout SweepState) async throws {
        var report = RecordReport()
        let place = state.keyPlace.map { WrappedKeyPlace(patient: $0.patient.flatMap { LogicalID($0) }, version: $0.version) }
        let next = try await verifier.checkKeys(after: place, limit: RecordVerifier.pageKeys, &report)
        state.keyPlace = next.map { .init(patient: $0.patient?.text, version: $0.version) }
        state.work += RecordVerifier.pageKeys / 8
        if next == nil {
            try await verifier.checkWrappingKeys(&report)
            state.part = .finished
        }
        state.take(report)
    }
}
