import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// Somebody with the disk takes a person out of the index over the log: the log itself still knows them.
@Suite struct HiddenIndexTests {
    private func tamper(_ asked: AskedLog, _ statements: String...) throws {
        let database = try DatabaseQueue(path: asked.home.folder.appendingPathComponent("index.db").path)
        try database.write { database in
            for sql in statements { try database.execute(sql: sql) }
        }
        try database.close()
    }

    private func term(_ id: String) throws -> Int64 {
        EntryIndex.value(ofPseudonym: try #require(Home.keys.agentPseudonyms(id, tenant: .first).first))
    }

    /// A log in which ada and bob read, and an index that does not know ada.
    private func withoutAda() async throws -> AskedLog {
        let asked = try await AskedLog()
        for _ in 0..<3 {
            try await asked.read("ada.lovelace", 1)
            try await asked.read("bob", 2)
        }
        _ = try await asked.ask(AuditQuestion(.whatDid, subject: "bob"))
        let ada = try term("id-of-ada.lovelace")
        try tamper(asked, "DELETE FROM posting WHERE family = 2 AND value = \(ada)", "DELETE FROM value WHERE value = \(ada)")
        return asked
    }

    @Test func theWholeLogKnowsWhomTheIndexLeavesOut() async throws {
        let asked = try await withoutAda()
        await #expect(throws: AuditError.self) { try await asked.ask(AuditQuestion(.whatDid, subject: "ada.lovelace")) }
        for name in ["ada.lovelace", "ADA.LOVELACE", "id-of-ada.lovelace"] {
            let answer = try await asked.ask(AuditQuestion(.whatDid, subject: name, readsWholeLog: true))
            #expect(answer.entries.count == 3 && answer.proof.foundBy == "whole log")
        }
        await asked.close()
    }

    @Test func questionsThatReadTheEntriesNameWhomTheyMeet() async throws {
        let asked = try await withoutAda()
        let names = [try AskedLog.patient(1): LogQuestions.PatientName(family: ["Lovelace"], given: ["Byron"])]
        for isWhole in [false, true] {
            let answer = try await asked.ask(AuditQuestion(.sameName, readsWholeLog: isWhole), names: names)
            #expect(answer.findings.map(\.who) == ["ada.lovelace"], "\(answer.findings)")
        }
        await asked.close()
    }

    @Test func whoReachesUnusuallyManyIsNamed() async throws {
        let asked = try await AskedLog()
        for day in 0..<12 {
            for number in 0..<3 { try await asked.read("bob", number) }
            if day == 11 { for number in 0..<40 { try await asked.read("ada", number) } }
            asked.home.clock.advance(by: .seconds(86_400))
        }
        _ = try await asked.ask(AuditQuestion(.whatDid, subject: "bob"))
        let ada = try term("id-of-ada")
        try tamper(asked, "DELETE FROM posting WHERE family = 2 AND value = \(ada)", "DELETE FROM value WHERE value = \(ada)")
        #expect(try await asked.ask(AuditQuestion(.unusual)).findings.map(\.who) == ["ada"])
        await asked.close()
    }

    @Test func aSignInThatTheIndexLeavesOutIsFoundInTheWholeLog() async throws {
        let asked = try await AskedLog()
        for source in ["10.1.2.3", "192.0.2.7"] {
            try await asked.log.record(AuditEvent(.signIn, by: asked.origin("ada", source: source)))
        }
        _ = try await asked.ask(AuditQuestion(.newPlaces))
        try tamper(asked, "DELETE FROM posting WHERE family = 3 AND position = 1")
        #expect(try await asked.ask(AuditQuestion(.newPlaces)).findings.isEmpty)
        let answer = try await asked.ask(AuditQuestion(.newPlaces, readsWholeLog: true))
        #expect(answer.findings.count == 1 && answer.proof.foundBy == "whole log")
        await asked.close()
    }

    /// A posting that leads to another's entry gives nobody that name.
    @Test func theIndexGivesNobodyAnothersName() async throws {
        let asked = try await withoutAda()
        let (ada, bob) = (try term("id-of-ada.lovelace"), try term("id-of-bob"))
        try tamper(
            asked, "UPDATE posting SET position = 0 WHERE family = 2 AND value = \(bob) AND position = 1",
            "DELETE FROM posting WHERE family = 2 AND value = \(bob) AND position > 1",
            "INSERT INTO posting VALUES(2, \(ada), 9223372036854775807), (2, \(ada), -5)", "INSERT INTO value VALUES(2, \(ada))")
        for name in ["bob", "ada.lovelace"] {
            let error = await #expect(throws: AuditError.self) { try await asked.ask(AuditQuestion(.whatDid, subject: name)) }
            #expect(error?.code == .noEvidence)
        }
        await asked.close()
    }

    @Test func theIndexIsHeldAgainstTheLog() async throws {
        for change in [
            "DELETE FROM posting", "DELETE FROM posting WHERE family = 2 AND position = 1",
            "UPDATE posting SET position = 3 WHERE family = 1 AND position = 0", "DELETE FROM value WHERE family = 2",
            "INSERT INTO posting VALUES(4, 12, 2)", "UPDATE posting SET value = value + 1 WHERE family = 1 AND position = 2",
        ] {
            let asked = try await AskedLog()
            for _ in 0..<3 {
                try await asked.read("ada", 1)
                try await asked.read("bob", 2)
            }
            let check = IndexCheck(of: asked.store, in: asked.index)
            #expect(try await check.faults() == [], "not made yet")
            _ = try await asked.ask(AuditQuestion(.whatDid, subject: "bob"))
            try await asked.read("ada", 1)
            #expect(try await check.faults() == [], "and not wholly made")
            try tamper(asked, change)
            // Without postings at all, those of patients and of agents are missing.
            #expect(try await check.faults().count == (change.hasSuffix("posting") ? 2 : 1), "\(change)")
            await asked.close()
        }
    }
}
