import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// An expiry under a signed tombstone is told from entries that were taken away.
@Suite struct TombstoneTests {
    /// A log of which the first 300 of some 321 entries expired.
    private func expired() async throws -> AgingLog {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 7)
        #expect(try await aging.expire().before == 300)
        #expect(try await aging.home.verify(anchored: true).faults == [])
        return aging
    }

    private func faults(of aging: AgingLog) async throws -> [Fault] {
        let faults = try await aging.home.verify(anchored: true).faults
        let part = try await AuditVerifier(store: aging.store, keys: aging.home.logKeys).verify(0..<310).faults
        #expect(faults.isEmpty == part.isEmpty, "a part is judged like the whole: \(part)")
        await aging.close()
        return faults
    }

    @Test func withoutATombstoneEntriesAreMissing() async throws {
        let aging = try await expired()
        try aging.home.tamper("DELETE FROM tombstone")
        let found = try #require(try await faults(of: aging).first)
        #expect(found.kind == .removed && found.entry == 0 && found.through == 299)
    }

    @Test func whatIsTakenAwayAfterATombstoneIsMissing() async throws {
        let aging = try await expired()
        try aging.home.tamper("DELETE FROM entry WHERE position < 303")
        let found = try #require(try await faults(of: aging).first)
        #expect(found.kind == .removed && found.entry == 300)
    }

    @Test func aTombstoneThatWasStretchedDoesNotHold() async throws {
        let aging = try await expired()
        let note = String(decoding: try aging.home.blob("SELECT note FROM tombstone"), as: UTF8.self)
        let longer = note.replacing("\n0 300\n", with: "\n0 303\n")
        #expect(longer != note)
        try aging.home.tamper("UPDATE tombstone SET end = 303, note = ?", [Data(longer.utf8)])
        try aging.home.tamper("DELETE FROM entry WHERE position < 303")
        #expect(try await faults(of: aging).contains { $0.kind == .signature })
    }

    @Test func aTombstoneOfAnotherKeyDoesNotHold() async throws {
        let aging = try await expired()
        let other = try Tombstone(
            of: aging.home.origin, range: 0..<300, time: aging.home.clock.now(), newest: 0,
            signer: try CheckpointSigner(privateKey: [UInt8](repeating: 8, count: 32)))
        try aging.home.tamper("UPDATE tombstone SET note = ?", [Data(other.note)])
        #expect(try await faults(of: aging).contains { $0.kind == .signature })
        #expect(throws: AuditError.self) { try Tombstone(parsing: other.note, keys: aging.home.logKeys) }
    }

    @Test func aTombstoneThatLiesAboutItsEntriesIsFoundByTheirBook() async throws {
        let aging = try await AgingLog()
        try await aging.fill(300)
        try await aging.grow(years: 1)
        let young = aging.home.clock.now()
        #expect(throws: AuditError.self, "nobody signs of what is younger than six years") {
            try Tombstone(
                of: aging.home.origin, range: 0..<256, time: young, newest: young - AuditRetention.floor + 1,
                signer: aging.home.signer)
        }
        let lie = try Tombstone(of: aging.home.origin, range: 0..<256, time: young, newest: 0, signer: aging.home.signer)
        try await aging.store.expire(0..<256, under: lie.note)
        #expect(try await faults(of: aging).first?.kind == .clock)
    }

    @Test func whatExpiredDoesNotComeBack() async throws {
        let aging = try await expired()
        try aging.home.tamper("INSERT INTO entry SELECT 5, bytes FROM entry WHERE position = 300")
        let found = try #require(try await faults(of: aging).first)
        #expect(found.kind == .inserted && found.entry == 5)
    }

    @Test func hashesOfExpiredEntriesAreStillHeldAgainstTheRoot() async throws {
        let aging = try await expired()
        var hashes = try aging.home.blob("SELECT hashes FROM tile WHERE year = 2026 AND level = 0 AND number = 0")
        hashes[40] ^= 1
        try aging.home.tamper(
            "UPDATE tile SET hashes = ? WHERE year = 2026 AND level = 0 AND number = 0", [Data(hashes)])
        let found = try await aging.home.verify().faults
        #expect(found.first?.kind == .changed && found.first?.year == 2026, "\(found)")
        await aging.close()
    }

    @Test func everyByteCounts() async throws {
        let home = try Home()
        let time = home.clock.now()
        let tombstone = try Tombstone(
            of: home.origin, range: 0..<300, time: time, newest: time - AuditRetention.floor, signer: home.signer)
        #expect(try Tombstone(parsing: tombstone.note, keys: home.logKeys) == tombstone)
        #expect(tombstone.isOf(home.origin.origin(year: 2026)) && !tombstone.isOf("audit.other/main/2026"))
        for index in tombstone.note.indices {
            var changed = tombstone.note
            changed[index] ^= 1
            #expect(throws: AuditError.self, "byte \(index)") {
                try Tombstone(parsing: changed, keys: home.logKeys)
            }
        }
    }
}
