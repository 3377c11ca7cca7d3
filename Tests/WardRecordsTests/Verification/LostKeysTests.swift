import Foundation
import Testing
import WardDatabase
import WardRecords
import WardTesting
import WardVault

/// A key store that is older than the records: nothing is made in the place of what is lost, and what comes back opens.
@Suite struct LostKeysTests {
    @Test func aLostKeyIsNotMadeAnew() async throws {
        let home = try await ShreddingHome()
        let before = try await home.open()
        try await home.fill("first", "First", before)
        await home.close(before)
        let path = home.folder.appendingPathComponent("keys.db").path
        try FileManager.default.copyItem(atPath: path, toPath: path + "-copy")
        let opened = try await home.open()
        try await home.fill("second", "Second", opened)
        await home.close(opened)
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        try FileManager.default.moveItem(atPath: path, toPath: path + "-newest")
        try FileManager.default.moveItem(atPath: path + "-copy", toPath: path)

        let older = try await home.open()
        #expect(try await home.send("GET", "Patient/first", older).status == 200)
        #expect(try await home.send("GET", "Patient/second", older).status == 500, "it is not gone: its key is")
        let observation = #"{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/second"}}"#
        #expect(try await home.send("POST", "Observation", older, observation).status == 500)
        #expect(try await older.dataKeys.keys(of: LogicalID("second")) == nil, "no key took its place")
        await home.close(older)

        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        try FileManager.default.moveItem(atPath: path + "-newest", toPath: path)
        let again = try await home.open()
        #expect(try await home.send("GET", "Patient/second", again).status == 200)
        #expect(try await home.send("POST", "Observation", again, observation).status == 201)
        #expect(try await home.verify(again).faults == [])
        await home.close(again)
    }
}
