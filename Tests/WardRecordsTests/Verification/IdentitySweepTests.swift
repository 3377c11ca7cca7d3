import Testing
import WardDatabase
import WardRecords
import WardTesting
import WardVault

@testable import WardAudit
@testable import WardIdentity

/// Ended sessions and the like go for good; what is swept is no fault, and what somebody else takes away is one.
@Suite struct IdentitySweepTests {
    private let clock = FixedClock()

    private struct Collections {
        let sessions: Collection<Session>
        let grants: Collection<Grant>
        let assertions: Collection<UsedAssertion>
        let launches: Collection<LaunchContext>
        let trail: IdentityTrail
        let sweep: IdentitySweep
    }

    private func collections(_ ward: Ward) -> Collections {
        let sessions = Collection<Session>(Session.collectionName, in: ward.vault, lookup: Session.lookups, clock: clock)
        let grants = Collection<Grant>(Grant.collectionName, in: ward.vault, lookup: Grant.lookups, clock: clock)
        let assertions = Collection<UsedAssertion>(UsedAssertion.collectionName, in: ward.vault, clock: clock)
        let launches = Collection<LaunchContext>(LaunchContext.collectionName, in: ward.vault, clock: clock)
        return Collections(
            sessions: sessions, grants: grants, assertions: assertions, launches: launches, trail: IdentityTrail(ward.audit),
            sweep: IdentitySweep(
                sessions: sessions, grants: grants, assertions: assertions, launches: launches, log: ward.audit, clock: clock))
    }

    private static let user = LogicalID(uuid: [UInt8](repeating: 7, count: 16))

    private static func id(_ kind: UInt8, _ number: UInt8) -> LogicalID {
        LogicalID(uuid: [kind, number] + [UInt8](repeating: 9, count: 14))
    }

    private func actor(_ session: LogicalID) -> TrailActor {
        TrailActor(source: "192.0.2.1", tenant: .first, subject: .user(Self.user, name: "ada"), session: session)
    }

    private func beginSession(_ number: UInt8, _ all: Collections) async throws -> CollectionItem<Session> {
        let now = clock.now()
        let session = Session(
            user: Self.user.text, tokenHash: [number], epoch: 1, factors: [.password], source: "192.0.2.1", createdAt: now,
            lastUsedAt: now, expiresAt: now + SessionPolicy.standard.absolute, provenAt: now)
        let id = Self.id(1, number)
        return try await all.sessions.put(
            id, session, expecting: nil, events: [all.trail.outbox(.signedIn(session: id), actor(id))])
    }

    private func beginGrant(_ number: UInt8, user: String?, _ all: Collections) async throws -> CollectionItem<Grant> {
        let id = Self.id(2, number)
        let client = Self.id(3, 1)
        let grant = Grant(
            client: client.text, clientEpoch: 1, user: user, factors: [], scopes: "system/*.rs", source: "192.0.2.1",
            createdAt: clock.now(), expiresAt: clock.now() + 300_000_000)
        let event = try all.trail.outbox(
            .client(.tokenIssued(grant: id, client: client, .clientCredentials)), actor(id))
        return try await all.grants.put(id, grant, expecting: nil, events: [event])
    }

    /// A home in which each collection has something old, and something new.
    private func filled() async throws -> (Ward, Collections) {
        let ward = try await Ward(clock: clock)
        let all = collections(ward)
        for number in 0..<6 as Range<UInt8> {
            let session = try await beginSession(number, all)
            if number < 3 {
                let used = try await all.sessions.put(session.id, session.value, expecting: session.version, events: [])
                try await all.sessions.delete(
                    session.id, expecting: used.version, events: [all.trail.outbox(.signedOut(session: session.id), actor(session.id))])
            }
            _ = try await beginGrant(number, user: number < 3 ? Self.user.text : nil, all)
            try await all.assertions.put(Self.id(4, number), UsedAssertion(expiresAt: 1), expecting: nil, events: [])
            let launch = LaunchContext(client: "c", user: "u", patient: "p", expiresAt: 1)
            try await all.launches.put(Self.id(5, number), launch, expecting: nil, events: [])
        }
        try await ward.relay()
        clock.advance(by: .seconds(100 * 86_400))
        _ = try await beginSession(100, all)
        _ = try await beginGrant(100, user: Self.user.text, all)
        try await all.assertions.put(Self.id(4, 100), UsedAssertion(expiresAt: 1), expecting: nil, events: [])
        return (ward, all)
    }

    private func report(_ ward: Ward, _ all: Collections) async throws -> RecordReport {
        try await ward.relay()
        return try await ward.verifier(clock: clock, collections: [all.sessions, all.grants]).verify()
    }

    private func sweep(_ all: Collections, limit: Int = 2) async throws -> Int {
        var steps = 1
        while try await !all.sweep.step(limit: limit) { steps += 1 }
        return steps
    }

    @Test func whatIsOfNoUseGoesAndNothingElse() async throws {
        let (ward, all) = try await filled()
        #expect(try await report(ward, all).faults.map(\.description) == [])
        #expect(try await sweep(all) == 4, "in steps of two")
        #expect(try await all.sessions.all(limit: 10).map(\.id) == [Self.id(1, 100)])
        #expect(try await all.sessions.find("user", Self.user.text).map(\.id) == [Self.id(1, 100)])
        #expect(try await all.grants.all(limit: 10).map(\.id) == [Self.id(2, 100)])
        #expect(try await all.assertions.all(limit: 10).map(\.id) == [Self.id(4, 100)])
        #expect(try await all.launches.all(limit: 10).isEmpty)
        let rows = try await ward.records.scan(after: 0, limit: 1_000).rows
        #expect(rows.filter { !$0.key.type.hasPrefix("_sweep") }.count == 3, "of what went no version is left")
        let found = try await report(ward, all)
        #expect(found.faults.map(\.description) == [])
        var state = try await RecordSweep(ward.verifier(clock: clock, collections: [all.sessions, all.grants])).begin()
        while !state.isFinished {
            state = try await RecordSweep(ward.verifier(clock: clock, collections: [all.sessions, all.grants])).step(state, rows: 2)
        }
        #expect(state.faults.map(\.description) == [], "nor in steps")
        #expect(try await sweep(all) == 1, "and nothing is left to do")
    }

    @Test func oneThatDoesNotOpenHoldsUpNothing() async throws {
        let (ward, all) = try await filled()
        // Of another form than this program knows, and the oldest of all.
        let strange = Collection<SweepMark>(UsedAssertion.collectionName, in: ward.vault, clock: FixedClock())
        let mark = SweepMark(collection: "x", through: 0, sequence: 0, count: 0)
        try await strange.put(Self.id(4, 200), mark, expecting: nil, events: [])
        try await ward.relay()
        _ = try await sweep(all, limit: 3)
        #expect(try await all.launches.all(limit: 10).isEmpty)
        #expect(try await all.sessions.all(limit: 10).map(\.id) == [Self.id(1, 100)])
        #expect(try await strange.get(Self.id(4, 200)) != nil, "it stays, for whoever looks into it")
        for number in 0..<6 as Range<UInt8> { #expect(try await all.assertions.get(Self.id(4, number)) == nil) }
    }

    @Test func whatIsWrongWithOneCollectionHoldsUpNoOther() async throws {
        let (ward, all) = try await filled()
        // Its mark is what a sweep must read; this one's is of another form.
        let marks = Collection<UsedAssertion>(SweepMark.collectionName, in: ward.vault, clock: clock)
        try await marks.put(
            SweepMark.id(of: UsedAssertion.collectionName), UsedAssertion(expiresAt: 1), expecting: nil, events: [])
        await #expect(throws: VaultError.self) { _ = try await all.sweep.step() }
        #expect(try await all.sessions.all(limit: 10).map(\.id) == [Self.id(1, 100)])
        #expect(try await all.grants.all(limit: 10).map(\.id) == [Self.id(2, 100)])
        #expect(try await all.assertions.all(limit: 10).count == 7)
    }

    @Test func aSweepIsToldAndSessionsThatNobodyEnded() async throws {
        let (ward, all) = try await filled()
        _ = try await sweep(all, limit: 100)
        let rows = try await ward.records.outbox(after: 0, limit: 1_000)
        let events = try rows.map { try ward.opened($0.event.entry) }
        let sweeps = events.filter { $0.kind == .expiry }
        #expect(sweeps.map { $0.details.map(\.value) } == [["_assertion"], ["_launch"], ["_grant"], ["_session"]])
        #expect(sweeps.allSatisfy { $0.count == 6 && $0.interaction == "sweep" && $0.origin.actor?.id == "system" })
        let ended = events.filter { $0.kind == .timeOut }
        #expect(Set(ended.compactMap(\.record?.id)) == Set((3..<6).map { Self.id(1, $0) }))
        #expect(ended.allSatisfy { $0.origin.actor?.id == Self.user.text && $0.reason == SessionEnding.absolute.rawValue })
        #expect(try await ward.vault.sweepMark(of: Session.collectionName)?.count == 6)
    }

    @Test func whatIsTakenAwayByOthersIsNamed() async throws {
        let (ward, all) = try await filled()
        _ = try await sweep(all)
        // What somebody with the database does: a living session and a living grant go, and no mark says so.
        for key in [("_session", Self.id(1, 100)), ("_grant", Self.id(2, 100))] {
            let key = RecordKey(tenant: .first, type: key.0, id: key.1)
            let version = try #require(try await ward.records.newest(key)?.version)
            try await ward.removeUnseen(key, version: version)
        }
        let faults = try await report(ward, all).faults
        #expect(Set(faults.map(\.record)).isSuperset(of: ["_session/\(Self.id(1, 100))", "_grant/\(Self.id(2, 100))"]))
        #expect(faults.allSatisfy { $0.kind == .removed || $0.kind == .index })
    }

    @Test func aMarkThatIsTakenAwayOrSetBackVouchesForNothing() async throws {
        let (ward, all) = try await filled()
        _ = try await sweep(all)
        let key = RecordKey(tenant: .first, type: SweepMark.collectionName, id: SweepMark.id(of: Session.collectionName))
        let version = try #require(try await ward.records.newest(key)?.version)
        try await ward.removeUnseen(key, version: version)
        let faults = try await report(ward, all).faults
        for number in 0..<6 as Range<UInt8> {
            #expect(faults.contains { $0.record == "_session/\(Self.id(1, number))" && $0.kind == .removed })
        }
        #expect(faults.contains { $0.record == key.description && $0.kind == .removed })
    }

    @Test func aKillBetweenAnyTwoWritesLosesNothing() async throws {
        for after in 0..<4 {
            let (ward, all) = try await filled()
            ward.records.inject(.init(.commit, DatabaseError(.unavailable, "test"), after: after))
            await #expect(throws: (any Error).self) { while try await !all.sweep.step(limit: 3) {} }
            ward.records.heal()
            ward.records.inject(.init(.acknowledgement, DatabaseError(.unavailable, "test")))
            await #expect(throws: (any Error).self) { while try await !all.sweep.step(limit: 1) {} }
            ward.records.heal()
            #expect(try await report(ward, all).faults.map(\.description) == [])
            _ = try await sweep(all)
            #expect(try await all.sessions.all(limit: 10).map(\.id) == [Self.id(1, 100)])
            #expect(try await report(ward, all).faults.map(\.description) == [])
        }
    }
}
