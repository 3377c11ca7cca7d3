import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// A log that grows old by an injected clock, and what its retention does to it.
final class AgingLog {
    let home: Home
    let store: SQLiteAuditStore
    let faulty: FaultyAuditStore
    let log: AuditLog
    let sequencer: Sequencer
    let index: SQLiteAuditIndex

    static let year = Duration.seconds(366 * 86_400)

    init() async throws {
        home = try Home()
        store = try SQLiteAuditStore.open(path: home.logPath)
        faulty = FaultyAuditStore(store)
        log = try await home.open(faulty)
        sequencer = Sequencer(log: log, signer: home.signer, anchor: home.anchor, heartbeat: 0)
        index = try SQLiteAuditIndex(path: home.folder.appendingPathComponent("index.db").path)
    }

    /// A log of so many entries of today, signed.
    func fill(_ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 500) {
            let events = (start..<min(start + 500, count)).map { _ in Home.writeEvent() }
            _ = try await log.record(events, releasing: ())
        }
        try await sequencer.sequenceAll()
    }

    /// Adds a few entries of each of so many later years.
    func grow(years: Int, by count: Int = 3) async throws {
        for _ in 0..<years {
            home.clock.advance(by: Self.year)
            try await fill(count)
        }
    }

    /// A book of 1,000 entries and seven years after it, held from the 601st on where asked, so that 512 of it expire.
    /// - Returns: the time between the 600th entry and the next.
    @discardableResult
    func fillAroundAnHour(isHeld: Bool = true) async throws -> Int64 {
        try await fill(600)
        home.clock.advance(by: .seconds(3_600))
        let middle = home.clock.now()
        try await fill(400)
        try await grow(years: 7)
        if isHeld { try await hold("matter-1", from: middle) }
        return middle
    }

    /// Lets the log go on after its clock was set right, in another process.
    /// - Parameters:
    ///   - time: of the acceptance; now where not given.
    ///   - digest: what its header holds; that of another acceptance takes no time back.
    ///   - process: whose it is; each has one number.
    func acceptClock(at time: Int64? = nil, digest: [UInt8]? = ClockAcceptance.digest, process: UInt64 = 77) async throws {
        let sealer = EntrySealer(origin: home.origin, keys: Home.keys)
        let acceptance = try sealer.seal(
            AuditEvent(.acceptance, by: .system()), id: try #require(EventID(TimeOrderedIDs(clock: home.clock).next())),
            time: time ?? home.clock.now(), emitter: .process(random: process), sequence: 1, digest: digest)
        _ = try await store.append([acceptance])
        try await sequencer.sequenceAll()
    }

    var sealed: SealedLog {
        SealedLog(
            store: store, sealer: EntrySealer(origin: home.origin, keys: Home.keys), keys: sequencer.keys)
    }

    func expire(witnessed: Int64? = nil, isTrial: Bool = false) async throws -> LogExpiry.Summary {
        defer { home.clock.advance(by: .seconds(1)) }
        let summary = try await LogExpiry(
            of: log, sealed: sealed, sequencer: sequencer, retention: try AuditRetention(years: 6), witnessed: witnessed,
            index: EntryIndex(of: store, in: index)).run(by: .system(), isTrial: isTrial)
        try await sequencer.sequenceAll()
        return summary
    }

    func hold(_ name: String, from: Int64 = 0) async throws {
        try await log.record(try LegalHolds.adding(name, from: from, by: .system()))
    }

    func lift(_ name: String) async throws {
        try await log.record(try LegalHolds.lifting(name, because: "matter-closed", by: .system()))
    }

    func ask(_ question: AuditQuestion) async throws -> AuditAnswer {
        try await LogQuestions(
            store: store, index: EntryIndex(of: store, in: index), sealer: EntrySealer(origin: home.origin, keys: Home.keys),
            keys: sequencer.keys, tenant: .first,
            hours: try #require(WorkHours(hours: "07:00-19:00", days: "1-5") { _ in 0 }), clock: home.clock, names: { _ in [:] }
        ).answer(question)
    }

    /// Entries of a kind, opened.
    func events(_ kind: EventKind) async throws -> [AuditEvent] {
        var found: [AuditEvent] = []
        try await sealed.scan(0..<(try await store.state().nextPosition)) { entry in
            if entry.header.kind == kind { found.append(entry.event) }
            return true
        }
        return found
    }

    func close() async {
        await index.close()
        await store.close()
    }
}
