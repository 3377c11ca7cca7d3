import Crypto
import Testing
@testable import WardAudit
import WardDatabase
@testable import WardKeys
import WardTesting

@Suite struct EntryTests {
    private let sealer: EntrySealer
    private let ids = TimeOrderedIDs(clock: FixedClock())

    init() throws {
        sealer = EntrySealer(origin: try LogOrigin(deployment: "test"), keys: Home.keys)
    }

    private func seal(_ event: AuditEvent, digest: [UInt8]? = nil) throws -> [UInt8] {
        let id = try #require(EventID(ids.next()))
        return try sealer.seal(event, id: id, time: FixedClock().now(), emitter: .outbox, sequence: 0, digest: digest)
    }

    @Test func everyFactComesBack() throws {
        var event = Home.writeEvent()
        event.interaction = "$everything"
        event.reason = "scope"
        event.status = 403
        event.outcome = .minorFailure
        event.count = 300
        event.details = [.init("key", "session.idle"), .init("empty", "")]
        event.unknown = [.init(tag: 200, value: [1, 2, 3]), .init(tag: 250, value: [])]
        let digest = [UInt8](repeating: 9, count: 32)
        let (header, read) = try sealer.open(try seal(event, digest: digest))
        #expect(read == event)
        #expect(header.digest == digest && header.kind == .create && header.action == .create && header.keyVersion == 1)
        #expect(header.patient == sealer.keys.patientPseudonyms(try #require(event.patient), tenant: .first)[0])
    }

    @Test func valuesOfSearchesStayOut() throws {
        var event = Home.writeEvent()
        event.query = [QueryParameter(name: "name:exact", value: "CANARY"), QueryParameter(name: "code",
            value: "CANARY")]
        let entry = try seal(event)
        let (_, read) = try sealer.open(entry)
        #expect(read.query.map(\.name) == ["name:exact", "code"])
        #expect(read.query[0].digest != read.query[1].digest && read.query[0].value == nil)
        #expect(!String(describing: event.query).contains("CANARY") && !String(reflecting: event).contains("CANARY"))
        var again = event
        again.query.removeLast()
        #expect(try sealer.open(try seal(again)).event.query[0].digest == read.query[0].digest)
    }

    /// The claim of the design: a write event takes at most 350 bytes.
    @Test func aWriteEventIsSmall() throws {
        let entry = try seal(Home.writeEvent(), digest: [UInt8](repeating: 9, count: 32))
        #expect(entry.count <= 350)
        #expect(entry.count > EntryHeader.smallestEntry)
    }

    /// Who holds the audit keys seals under the newest version from the rotation on, and opens what went before.
    @Test func aRotationOfTheKeysIsFollowed() throws {
        func tenant(_ versions: ClosedRange<UInt32>) -> TenantKeys {
            let keks = versions.map { ($0, SymmetricKey(data: [UInt8](repeating: UInt8($0), count: 32))) }
            return TenantKeys(
                tenant: 1, keks: Dictionary(uniqueKeysWithValues: keks),
                indexes: [BlindIndexKey(SymmetricKey(size: .bits256), epoch: 1, partitions: 1)], random: .system)
        }
        let served = tenant(1...1), both = tenant(1...2), patient = try #require(Home.writeEvent().patient)
        let sealer = EntrySealer(origin: sealer.origin, keys: try AuditKeys(tenant: served))
        func seal() throws -> [UInt8] {
            try sealer.seal(
                Home.writeEvent(), id: try #require(EventID(ids.next())), time: FixedClock().now(), emitter: .outbox,
                sequence: 0, digest: nil)
        }
        let before = try seal()
        served.replace(with: .init(
            newestVersion: 2, derived: [1: both.derived(1), 2: both.derived(2)], indexes: served.indexes))
        let after = try seal()
        let restarted = EntrySealer(origin: sealer.origin, keys: try AuditKeys(tenant: both))
        for (entry, version) in [(before, UInt32(1)), (after, 2)] {
            for reader in [sealer, restarted] {
                let (header, event) = try reader.open(entry)
                #expect(header.keyVersion == version && event == Home.writeEvent())
                let pseudonyms = reader.keys.patientPseudonyms(patient, tenant: .first)
                #expect(pseudonyms.count == 2 && header.patient == pseudonyms[2 - Int(version)])
            }
        }
    }

    @Test func nothingThatNamesAnyoneIsInTheClear() throws {
        let entry = String(decoding: try seal(Home.writeEvent()), as: UTF8.self)
        for word in ["clara", "clinician", "Observation", "10.1.2.3", "TREAT"] { #expect(!entry.contains(word)) }
    }

    @Test func whatWasChangedOrSealedForAnotherLogDoesNotOpen() throws {
        let entry = try seal(Home.writeEvent())
        for index in [1, 18, EntryHeader.byteCount, entry.count - 1] {
            var changed = entry
            changed[index] ^= 1
            #expect(throws: AuditError.self) { try sealer.open(changed) }
        }
        let other = EntrySealer(origin: try LogOrigin(deployment: "other"), keys: Home.keys)
        #expect(throws: AuditError(.sealed, "the entry cannot be opened with this key")) { try other.open(entry) }
        let key = SymmetricKey(size: .bits256)
        let stranger = EntrySealer(origin: sealer.origin, keys: AuditKeys(auditKey: key, pseudonymKey: key))
        #expect(throws: AuditError.self) { try stranger.open(entry) }
    }

    @Test func whatIsTooLargeIsRefused() throws {
        var event = Home.writeEvent()
        event.details = [.init("name", String(repeating: "x", count: 65_400))]
        #expect(throws: AuditError(.tooLarge, "an entry takes at most 65,535 bytes")) { try seal(event) }
    }

    /// References that are nearly UUIDs stay what they were; long texts and large numbers come back.
    @Test(arguments: [
        "", "system", "018f3c1e-7a10-7abc-8def-0123456789aG", "018F3C1E-7A10-7ABC-8DEF-0123456789AB",
        "018f3c1e-7a10-7abc-8def_0123456789ab", "018f3c1e-7a10-7abc-8def-0123456789ab", String(repeating: "é", count: 300),
    ])
    func referencesOfAnyFormComeBack(id: String) throws {
        var event = Home.writeEvent()
        event.origin.actor?.id = id
        event.origin.session = id
        event.origin.client = id
        event.record?.version = .max >> 1
        event.count = 128
        event.details = [.init(id, id)]
        #expect(try sealer.open(try seal(event)).event == event)
    }

    @Test func garbageIsRefusedAndNeverTraps() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...40,
                using: &random) }
            var event = AuditEvent(.read, by: .system())
            _ = try? EventPayload.decode(bytes, into: &event)
            _ = try? EntryHeader(parsing: bytes)
        }
    }

    @Test func oneEventForEachPatient() {
        let (a, b) = (LogicalID("a"), LogicalID("b"))
        let events = AuditEvent(.search, by: .system()).perPatient([a, nil, b, a])
        #expect(events.map(\.patient) == [a, b])
        #expect(AuditEvent(.search, by: .system()).perPatient([]).map(\.patient) == [nil])
    }

    @Test func kindsHaveNamesOfTheirOwn() {
        let names = EventKind.all.map(\.description)
        #expect(Set(names).count == names.count && names.count > 30)
        #expect(EventKind(rawValue: 255).description == "kind-255")
    }
}
