import Foundation
import GRDB
import Synchronization
import Testing
import WardAudit
import WardDatabase
import WardFHIR
import WardKeys
import WardRecords
import WardTesting
import WardVault

/// What backups can bring back of a shredded patient: nothing, whichever file of which age is put in place.
@Suite struct ShreddingBackupTests {
    /// A home before a shredding, with copies of its files, and after it.
    private func shredded(until end: ShredRequest.State = .done) async throws -> (home: ShreddingHome, copies: URL) {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("gone", "Shredded", opened)
        try await home.fill("kept", "Kept", opened)
        // The shared key, which seals requests, is older than the copies.
        _ = try await opened.desk.hold("Patient/kept", reason: "r", by: ShreddingHome.caller(1))
        await home.close(opened)
        let copies = home.folder.appendingPathComponent("copies")
        try FileManager.default.createDirectory(at: copies, withIntermediateDirectories: true)
        for name in ["records.db", "keys.db", "keyring.key", "log.key", "root.key"] {
            try FileManager.default.copyItem(at: home.folder.appendingPathComponent(name), to: copies.appendingPathComponent(name))
        }
        let next = try await home.open()
        let id = try await next.desk.ask("Patient/gone", reason: "r", by: ShreddingHome.caller(1)).id
        home.clock.advance(by: .seconds(1))
        _ = try await next.desk.confirm(id, by: ShreddingHome.caller(2))
        while try await next.desk.advance(id, by: .system()).request.state < end {}
        await home.close(next)
        return (home, copies)
    }

    private func restore(_ names: [String], _ home: ShreddingHome, _ copies: URL) throws {
        for name in names {
            for ending in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(at: home.folder.appendingPathComponent(name + ending))
            }
            try FileManager.default.copyItem(at: copies.appendingPathComponent(name), to: home.folder.appendingPathComponent(name))
        }
    }

    @Test func olderRecordsStayClosed() async throws {
        let (home, copies) = try await shredded()
        try restore(["records.db"], home, copies)
        let opened = try await home.open()
        #expect(try await home.send("GET", "Patient/gone", opened).status == 410)
        #expect(try await home.send("GET", "Patient?family=Shredded", opened).json["total"]?.lexeme == "0")
        #expect(try await home.send("GET", "Patient/kept", opened).status == 200)
        // The restored store still has the tokens; opening the home properly takes them out.
        try await opened.desk.reconcile()
        try await opened.desk.resume()
        for row in try await opened.records.scan(after: 0, limit: 1_000).rows where row.patient?.text == "gone" {
            #expect(!row.isCurrent && row.filter.isEmpty)
        }
        #expect(try await opened.vault.closedCompartments() == [try #require(LogicalID("gone"))])
        await home.close(opened)
    }

    /// Wrapped keys of before do not open with the keys of now: what wrapped them is destroyed.
    @Test func anOlderKeyStoreOpensNothing() async throws {
        let (home, copies) = try await shredded()
        try restore(["keys.db"], home, copies)
        let opened = try await home.open()
        await #expect(throws: KeyError(.unknownKey, "wrap 1")) { try await opened.dataKeys.keys(of: LogicalID("gone")) }
        await home.close(opened)
    }

    /// Nor does a keyring of before: the root that wrapped it is destroyed.
    @Test func anOlderKeyringDoesNotOpen() async throws {
        let (home, copies) = try await shredded()
        try restore(["keys.db", "keyring.key"], home, copies)
        await #expect(throws: KeyError.self) { try await Keyring.open(in: home.folder.path, provider: home.root) }
    }

    /// Nor can guesses be tested against the tokens of before: what made them is gone, also from copies of the keyring that were made
    /// while the index was made anew.
    @Test func noKeyOfTheTokensIsLeft() async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("gone", "Shredded", opened)
        try await home.fill("kept", "Kept", opened)
        let id = try await opened.desk.ask("Patient/gone", reason: "r", by: ShreddingHome.caller(1)).id
        home.clock.advance(by: .seconds(1))
        _ = try await opened.desk.confirm(id, by: ShreddingHome.caller(2))
        while try await opened.desk.advance(id, by: .system()).request.state < .keysRenewed {}
        let midway = home.folder.appendingPathComponent("midway")
        try FileManager.default.copyItem(at: home.folder.appendingPathComponent("keyring.key"), to: midway)
        try await opened.desk.resume()
        #expect(opened.vault.indexEpochs.map(\.number) == [2])
        #expect(try await home.send("GET", "Patient?family=Kept", opened).json["total"]?.lexeme == "1")
        await home.close(opened)
        try FileManager.default.removeItem(at: home.folder.appendingPathComponent("keyring.key"))
        try FileManager.default.moveItem(at: midway, to: home.folder.appendingPathComponent("keyring.key"))
        await #expect(throws: KeyError.self) { try await Keyring.open(in: home.folder.path, provider: home.root) }
    }

    /// Several patients are shredded at once: the keys of all are gone before the index is made anew, once for all of them.
    @Test func severalShareOneIndex() async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        for patient in ["a", "b", "c"] { try await home.fill(patient, "Shredded", opened) }
        for patient in ["a", "b", "c"] {
            let id = try await opened.desk.ask("Patient/\(patient)", reason: "r", by: ShreddingHome.caller(1)).id
            home.clock.advance(by: .seconds(1))
            _ = try await opened.desk.confirm(id, by: ShreddingHome.caller(2))
        }
        home.renewals.withLock { $0 = 12 }
        await #expect(throws: ShreddingHome.Death.self) { try await opened.desk.resume() }
        home.renewals.withLock { $0 = nil }
        #expect(try await opened.desk.list().allSatisfy { $0.request.state == .keysRenewed })
        try await opened.desk.resume()
        #expect(try await opened.desk.list().allSatisfy { $0.request.state == .done })
        #expect(opened.vault.indexEpochs.map(\.number) == [2])
        await home.close(opened)
    }

    /// Where keys came back all the same, with the root of before, the record store still knows, and destroys them again.
    @Test func keysThatCameBackAreDestroyedAgain() async throws {
        let (home, copies) = try await shredded(until: .withdrawn)
        try restore(["keys.db"], home, copies)
        let opened = try await home.open()
        #expect(try await opened.dataKeys.keys(of: LogicalID("gone")) != nil, "without the check it would open")
        #expect(try await home.verify(opened).faults.contains { $0.kind == .shredding })
        try await opened.desk.reconcile()
        #expect(try await opened.dataKeys.keys(of: LogicalID("gone")) == nil)
        #expect(try await home.send("GET", "Patient/gone", opened).status == 410)
        #expect(try await home.verify(opened).faults == [])
        try await opened.desk.resume()
        #expect(try await opened.desk.list().allSatisfy { $0.request.state == .done })
        await home.close(opened)
    }

    /// Nor can somebody with the files have a patient shredded whom nobody ordered to be, with or without a legal hold.
    @Test(arguments: [true, false]) func aClosedCompartmentWithoutAnOrderDestroysNothing(isHeld: Bool) async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("kept", "Kept", opened)
        let patient = try #require(LogicalID("kept"))
        if isHeld { _ = try await opened.desk.hold("Patient/kept", reason: "r", by: ShreddingHome.caller(1)) }
        // One that was only asked for is no order either.
        _ = isHeld ? nil : try await opened.desk.ask("Patient/kept", reason: "r", by: ShreddingHome.caller(1))
        try await opened.records.closeCompartment(of: patient, tenant: .first)
        await home.close(opened)
        let next = try await home.open()
        try await next.desk.reconcile()
        try await next.desk.resume()
        #expect(try await next.dataKeys.keys(of: patient) != nil)
        #expect(try await home.send("GET", "Patient/kept", next).status == 200)
        #expect(try await next.desk.list().allSatisfy { $0.request.state == .asked })
        #expect(try await home.verify(next).faults.contains { $0.kind == .shredding && $0.record == "Patient/kept" })
        // So does the verification in the background.
        let sweep = RecordSweep(try home.verifier(next))
        var state = try await sweep.begin()
        while !state.isFinished { state = try await sweep.step(state, rows: 100) }
        #expect(state.faults.contains { $0.kind == .shredding && $0.record == "Patient/kept" })
        await home.close(next)
    }

    /// Somebody who has the key store writes into it that a patient was shredded, whose keys are there, or deletes the keys, and
    /// names another patient's request for it: the other is untouched, and no key is destroyed for it.
    @Test(arguments: [true, false]) func aForgedTombstoneDestroysNothing(keysAreThere: Bool) async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        for id in ["kept", "asked"] { try await home.fill(id, "Kept", opened) }
        let asked = try await opened.desk.ask("Patient/asked", reason: "r", by: ShreddingHome.caller(1))
        let patient = try #require(LogicalID("kept"))
        if keysAreThere {
            await home.close(opened)
            try await DatabaseQueue(path: home.folder.path + "/keys.db").write { database in
                try database.execute(
                    sql: "INSERT INTO tombstone (tenant, patient, destroyed_at, request) VALUES (1, 'kept', 0, ?)", arguments: [asked.id])
            }
        } else {
            try await opened.dataKeys.destroyKeys(of: patient, request: #require(LogicalID(asked.id)), now: 0)
            await home.close(opened)
        }
        let next = try await home.open()
        try await next.desk.reconcile()
        try await next.desk.resume()
        #expect(try await next.dataKeys.isStored(patient) == keysAreThere)
        #expect(try await home.send("GET", "Patient?_id=asked", next).json["total"]?.lexeme == "1")
        #expect(try await next.desk.list().first { $0.id == asked.id }?.request.state == .asked)
        #expect(try await home.verify(next).faults.contains { $0.kind == .shredding && $0.record == "Patient/kept" })
        await home.close(next)
    }

    /// Somebody with the key store alone cannot pass a destruction off as an order.
    @Test func aTombstoneWithoutAnOrderShows() async throws {
        let home = try await ShreddingHome()
        let opened = try await home.open()
        try await home.fill("kept", "Kept", opened)
        let patient = try #require(LogicalID("kept"))
        try await opened.dataKeys.destroyKeys(of: patient, request: patient, now: 0)
        let faults = try await home.verify(opened).faults
        #expect(faults.contains { $0.kind == .shredding && $0.record == "Patient/kept" })
        await home.close(opened)
    }
}
