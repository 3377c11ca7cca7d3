public import WardDatabase

/// Answers the questions that people ask of the log.
///
/// Nothing is believed that does not lead to the signed root: each entry that is read for an answer is proved first,
/// and a log that does not hold gives no answer but that.
public struct LogQuestions: Sendable {
    let store: any AuditStore
    let index: EntryIndex
    let sealer: EntrySealer
    let keys: CheckpointKeys
    let tenant: TenantID
    let hours: WorkHours
    let names: Names
    let clock: any WallClock

    /// The names of patients, for the question after same names; those that are not found are left out.
    public typealias Names = @Sendable ([LogicalID]) async throws -> [LogicalID: PatientName]

    /// A patient's names, for comparison only: no answer repeats them.
    public struct PatientName: Sendable {
        public var family: [String]
        public var given: [String]

        /// Names.
        public init(family: [String], given: [String]) {
            self.family = family
            self.given = given
        }
    }

    /// Questions to a log.
    public init(
        store: any AuditStore, index: EntryIndex, sealer: EntrySealer, keys: CheckpointKeys, tenant: TenantID,
        hours: WorkHours, clock: any WallClock = SystemWallClock(), names: @escaping Names
    ) {
        self.store = store
        self.index = index
        self.sealer = sealer
        self.keys = keys
        self.tenant = tenant
        self.hours = hours
        self.clock = clock
        self.names = names
    }

    /// Answers.
    /// - Throws: ``AuditError``: `.malformed` where the question lacks its subject or has a wrong one, `.noEvidence`
    ///   where the log knows nobody of that name, `.tampered` where the log does not hold; ``DatabaseError``.
    public func answer(_ question: AuditQuestion) async throws -> AuditAnswer {
        guard question.kind.needsSubject == (question.subject != nil) else {
            throw AuditError(
                .malformed, "who-saw takes Patient/ID and what-did a user's name; no other question takes either")
        }
        try AuditTimes.check(from: question.from, to: question.to, now: clock.now())
        try await index.catchUp()
        var session = QuestionSession(
            question: question, reader: try await ProvedReader(store: store, keys: keys),
            range: try await range(of: question), time: times(of: question))
        switch question.kind {
        case .whoSaw: try await whoSaw(&session)
        case .whatDid: try await whatDid(&session)
        case .leftTheBuilding: try await leftTheBuilding(&session)
        case .denied: try await denied(&session)
        case .breakGlass: try await breakGlass(&session)
        case .outOfHours: try await outOfHours(&session)
        case .unusual: try await unusual(&session)
        case .sameName: try await sameName(&session)
        case .newPlaces: try await newPlaces(&session)
        case .gaps: try await gaps(&session)
        }
        session.pageFindings()
        var answer = session.answer(keys: keys)
        if let first = try await oldest(&session.reader) {
            answer.holdsFrom = LogTime.text(first)
            if session.time.lowerBound < first {
                let expired = session.reader.expired.of("older one has", "older ones have")
                answer.notes.append("the log holds entries from \(LogTime.text(first)) on; \(expired) expired")
            }
        }
        return answer
    }

    /// The time of the oldest entry that is there, and how many have expired before it; nil where none has.
    /// - Throws: ``AuditError`` with `.tampered` where it does not lead to the signed root; ``DatabaseError``.
    public func holdsFrom() async throws -> (time: Int64, expired: Int64)? {
        var reader = try await ProvedReader(store: store, keys: keys)
        return try await oldest(&reader).map { ($0, reader.expired) }
    }

    /// The time of the oldest entry that is there, where earlier ones have expired.
    private func oldest(_ reader: inout ProvedReader) async throws -> Int64? {
        guard reader.expired > 0, let first = try await reader.entry(at: reader.expired) else { return nil }
        return try EntryHeader(parsing: first).time
    }

    /// The times that are asked for.
    func times(of question: AuditQuestion) -> Range<Int64> {
        let to = question.to ?? .max
        let from = question.from
            ?? question.kind.days.map { (question.to ?? clock.now()) - $0 * 86_400_000_000 } ?? .min
        return min(from, to)..<to
    }

    /// Where in the log they lie, with the tolerance by which entries may stand out of their order.
    private func range(of question: AuditQuestion) async throws -> Range<Int64> {
        try await positions(of: times(of: question))
    }

    /// Where in the log times lie, with the tolerance by which entries may stand out of their order.
    func positions(of times: Range<Int64>) async throws -> Range<Int64> {
        let search = TimeSearch(store: store)
        let tolerance = EmitterCheck.clockTolerance
        let low = times.lowerBound == .min ? 0 : try await search.position(of: times.lowerBound &- tolerance)
        let end = try await store.state().nextPosition
        let high = times.upperBound == .max ? end : try await search.position(of: times.upperBound &+ tolerance)
        return min(low, high)..<high
    }

    /// Opens an entry that was proved.
    func open(_ entry: [UInt8]) throws(AuditError) -> (header: EntryHeader, event: AuditEvent) {
        try sealer.open(entry)
    }
}

/// One question being answered: what was read so far, and what was found.
struct QuestionSession {
    let question: AuditQuestion
    var reader: ProvedReader
    /// Positions that may hold the answer.
    let range: Range<Int64>
    /// Times that are asked for.
    let time: Range<Int64>
    var entries: [AuditLine] = []
    var findings: [AuditAnswer.Finding] = []
    var notes: [String] = []
    var next: Int64?
    var isScan = false

    init(question: AuditQuestion, reader: ProvedReader, range: Range<Int64>, time: Range<Int64>) {
        self.question = question
        self.reader = reader
        self.range = range
        self.time = time
    }

    /// Keeps one page of findings and says how many are left.
    mutating func pageFindings() {
        guard !findings.isEmpty else { return }
        let left = question.before.map { Int(clamping: max(0, $0)) } ?? findings.count
        let rest = findings.suffix(left)
        findings = Array(rest.prefix(question.limit))
        next = rest.count > findings.count ? Int64(rest.count - findings.count) : nil
    }

    func answer(keys: CheckpointKeys) -> AuditAnswer {
        let head = reader.head
        return AuditAnswer(
            question: question.kind.rawValue, subject: question.subject, entries: entries, findings: findings,
            notes: notes, next: next,
            proof: AuditAnswer.Proof(
                checkpoint: head.map { String(decoding: $0.note, as: UTF8.self) },
                key: head.map { keys.verifier(of: $0).description },
                proved: reader.proved, unsigned: reader.unsigned, foundBy: isScan ? "whole log" : "index"))
    }
}
