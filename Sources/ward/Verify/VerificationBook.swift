internal import WardAudit
internal import WardKeys
internal import WardRecords
internal import WardVault

/// What a home knows of its verification in the background: how far it is, and what the last one found. It lies sealed
/// beside the records, so that a killed server goes on where it was.
actor VerificationBook {
    /// What lies in the file.
    struct Pages: Codable, Sendable {
        /// The verification under way, and when it began (microseconds since 1970-01-01T00:00:00Z).
        var run: SweepState?
        var begunAt: Int64?
        var last: Outcome?
        /// The time from which the next one is counted.
        var countedFrom: Int64
    }

    /// How a verification ended.
    struct Outcome: Codable, Sendable {
        var begunAt: Int64
        var endedAt: Int64
        var found: SweepState
    }

    /// How often what was done is made durable while nothing else happens.
    private static let saving = Duration.seconds(2)

    private let file: SealedState<Pages>
    private(set) var pages: Pages
    private var savedAt = ContinuousClock.now

    /// Opens the book in the file at `path`; a new one counts from now.
    init(path: String, keys: TenantKeys, now: Int64) {
        file = SealedState("verification", path: path, keys: keys)
        pages = file.read() ?? Pages(countedFrom: now)
    }

    /// Notes a verification that begins; nothing happens where one is under way.
    /// - Returns: whether it is new.
    func begin(_ state: SweepState, at now: Int64) throws -> Bool {
        guard pages.run == nil else { return false }
        pages.run = state
        pages.begunAt = now
        try save()
        return true
    }

    /// Notes a step.
    func advance(to state: SweepState) throws {
        pages.run = state
        if savedAt.duration(to: .now) >= Self.saving { try save() }
    }

    /// Notes the end of the verification under way.
    func finish(at now: Int64) throws {
        guard let run = pages.run else { return }
        pages.last = Outcome(begunAt: pages.begunAt ?? now, endedAt: now, found: run)
        pages.run = nil
        pages.begunAt = nil
        pages.countedFrom = now
        try save()
    }

    /// Makes what was noted durable.
    func save() throws {
        try file.write(pages)
        savedAt = .now
    }
}

/// The verification in the background as it may be seen: references and numbers, no values.
struct VerificationStatus: Codable, Sendable {
    /// The one under way.
    var running: Running?
    /// The last that ended.
    var last: Last?

    /// How far it is.
    struct Running: Codable, Sendable {
        var begunAt: String
        /// `records`, `log`, `index` or `keys`.
        var part: String
        var versions: Int
        /// Sequences that were passed, of those that were there when it began.
        var passed: Int64
        var of: Int64
        var faults: Int
    }

    /// What was found.
    struct Last: Codable, Sendable {
        var begunAt: String
        var endedAt: String
        var isWhole: Bool
        var versions: Int
        /// How many; at most 1,000 of them are listed.
        var faultCount: Int
        var faults: [VerificationResult.FaultLine]
        var unusedKeyCount: Int
        var unusedKeys: [String]
    }

    init(_ pages: VerificationBook.Pages) {
        running = pages.run.map { run in
            Running(
                begunAt: LogTime.text(pages.begunAt ?? 0), part: run.part.rawValue, versions: run.versions, passed: run.sequence,
                of: run.end, faults: run.faultCount)
        }
        last = pages.last.map { last in
            Last(
                begunAt: LogTime.text(last.begunAt), endedAt: LogTime.text(last.endedAt), isWhole: last.found.faultCount == 0,
                versions: last.found.versions, faultCount: last.found.faultCount,
                faults: last.found.faults.map(VerificationResult.FaultLine.init), unusedKeyCount: last.found.unusedKeyCount,
                unusedKeys: last.found.unusedKeys)
        }
    }

    /// For people.
    var text: String {
        let now = running.map { run in
            ["since \(run.begunAt): \(run.part), \(run.passed) of \(run.of) versions passed, \(run.faults) faults"]
        } ?? ["none is under way"]
        guard let last else { return (now + ["none has ended yet"]).joined(separator: "\n") }
        let faults = last.faults.map { "\($0.kind): \($0.place): \($0.what)" }
        let sum = last.isWhole ? "whole: \(last.versions) versions" : "\(last.faultCount) faults in \(last.versions) versions"
        return (faults + ["ended \(last.endedAt): \(sum), \(last.unusedKeyCount) unused keys"] + now).joined(separator: "\n")
    }
}
