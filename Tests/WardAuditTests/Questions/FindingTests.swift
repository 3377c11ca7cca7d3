import Foundation
import Testing
@testable import WardAudit
import WardDatabase
import WardSQLite
import WardTesting

/// What is found by counting and comparing.
@Suite struct FindingTests {
    @Test func oneWhoReadsFarMoreThanTheirRoleIsFoundAndExplained() async throws {
        let asked = try await AskedLog()
        for day in 0..<12 {
            for name in ["ada", "bob"] {
                for patient in 0..<(day == 11 && name == "bob" ? 90 : 5 + day % 3) { try await asked.read(name, patient) }
            }
            for patient in 0..<60 { try await asked.read("imp", patient, role: "importer", kind: .create) }
            asked.home.clock.advance(by: .seconds(86_400))
        }
        let answer = try await asked.ask(AuditQuestion(.unusual))
        #expect(answer.findings.map(\.who) == ["bob"], "\(answer.findings)")
        let words = try #require(answer.findings.first?.what)
        #expect(words.hasPrefix("bob (clinician) reached the records of 90 patients on "), "\(words)")
        #expect(words.hasSuffix(
            "In this role a usual day has 6; half of the days lie within 1 of that, and more than 20 is unusual."), "\(words)")
        #expect(answer.findings.first?.entries.count == 10)
        await asked.close()
    }

    @Test func tooFewDaysSayNothing() async throws {
        let asked = try await AskedLog()
        for patient in 0..<90 { try await asked.read("ada", patient) }
        let answer = try await asked.ask(AuditQuestion(.unusual))
        #expect(answer.findings.isEmpty && answer.notes == ["clinician: 1 day of work is too few to say what is usual"])
        await asked.close()
    }

    @Test func outliersDoNotMoveTheBaseline() {
        #expect(RobustBaseline([10, 11, 12, 13, 5_000]).bound == 36)
        #expect(RobustBaseline([1, 1, 1, 1]).bound == 20)
        #expect(RobustBaseline([100, 110, 90, 120, 80]).bound == 300)
        #expect(RobustBaseline([]).bound == 20)
    }

    @Test func sameNamesAndCoworkersAreFoundWithoutRepeatingThem() async throws {
        let asked = try await AskedLog()
        for (name, patient) in [("ada.smith", 1), ("ada.smith", 2), ("bob.jones", 3), ("bob.jones", 3), ("bob.jones", 4), ("li", 5)] {
            try await asked.read(name, patient)
        }
        let names: [LogicalID: LogQuestions.PatientName] = [
            try AskedLog.patient(1): .init(family: ["SMITH-Miller"], given: ["Joe"]),
            try AskedLog.patient(2): .init(family: ["Jonas"], given: ["Eve"]),
            try AskedLog.patient(3): .init(family: ["Smith"], given: ["Ada", "Maria"]),
            try AskedLog.patient(4): .init(family: ["Jones"], given: ["Bob"]),
            try AskedLog.patient(5): .init(family: ["Li"], given: ["Na"]),
        ]
        let findings = try await asked.ask(AuditQuestion(.sameName), names: names).findings
        #expect(findings.map(\.what) == [
            "ada.smith reached the record of a patient of their own family name, once",
            "bob.jones reached the record of a patient who has the name of a coworker, 2 times",
            "bob.jones reached the record of a patient of exactly their own name, once",
        ])
        #expect(findings.map(\.patient) == ["Patient/p1", "Patient/p3", "Patient/p4"])
        // Findings come in pages like entries.
        var question = AuditQuestion(.sameName, limit: 2)
        var paged: [AuditAnswer.Finding] = []
        var pages = 0
        repeat {
            let answer = try await asked.ask(question, names: names)
            paged += answer.findings
            pages += 1
            question.before = answer.next
        } while question.before != nil
        #expect(paged == findings && pages == 2)
        await asked.close()
    }

    @Test func signInsFromNewNetworksAreFound() async throws {
        let asked = try await AskedLog()
        for (name, source) in [
            ("ada", "10.1.2.3"), ("ada", "10.1.2.99"), ("ada", "192.0.2.1"), ("ada", "192.0.2.7"), ("bob", "192.0.2.1"),
            ("bob", "2001:db8:1::5"), ("bob", "2001:db8:1:ffff::9"), ("bob", "local"),
        ] { try await asked.log.record(AuditEvent(.signIn, by: asked.origin(name, source: source))) }
        let findings = try await asked.ask(AuditQuestion(.newPlaces)).findings
        #expect(findings.map(\.who) == ["bob", "ada"] && findings.map { $0.entries } == [[5], [2]], "\(findings)")
        await asked.close()
    }

    @Test func hoursOfWorkAreThoseOfTheHouse() async throws {
        let day = try #require(WorkHours(hours: "07:00-19:00", days: "1-5") { _ in -5 * 3_600 })
        func time(_ text: String) -> Int64 { LogTime.microseconds(text) ?? 0 }
        // 2026-01-30 is a Friday.
        #expect(day.contains(time("2026-01-30T12:00:00Z")))
        #expect(!day.contains(time("2026-01-30T11:59:59Z")))
        #expect(day.contains(time("2026-01-30T23:59:59Z")) && !day.contains(time("2026-01-31T00:00:00Z")))
        #expect(!day.contains(time("2026-01-31T15:00:00Z")))
        let night = try #require(WorkHours(hours: "22:00-06:00", days: "5") { _ in 0 })
        #expect(night.contains(time("2026-01-30T23:00:00Z")) && night.contains(time("2026-01-31T05:59:00Z")))
        #expect(!night.contains(time("2026-01-31T23:00:00Z")) && !night.contains(time("2026-01-30T05:00:00Z")))
        for bad in ["", "7-19", "07:00", "25:00-26:00", "07:00-07:00", "07:60-08:00"] {
            #expect(WorkHours(hours: bad, days: "1-5") { _ in 0 } == nil)
        }
        for bad in ["", "0", "8", "5-1", "1-", "x"] { #expect(WorkHours(hours: "07:00-19:00", days: bad) { _ in 0 } == nil) }
    }

    @Test func workOutsideHoursIsFoundInPages() async throws {
        let asked = try await AskedLog()
        var outside: [Int64] = []
        let hours = try #require(WorkHours(hours: "08:00-16:00", days: "1-5") { _ in 0 })
        for position in 0..<48 {
            if !hours.contains(asked.home.clock.now()) { outside.append(Int64(position)) }
            try await asked.read("ada", position)
            asked.home.clock.advance(by: .seconds(3_600))
        }
        var question = AuditQuestion(.outOfHours, limit: 5)
        var found: [Int64] = []
        repeat {
            let answer = try await asked.ask(question, hours: "08:00-16:00")
            found += answer.entries.map(\.entry)
            question.before = answer.next
        } while question.before != nil
        #expect(found == outside.reversed())
        await asked.close()
    }

    @Test func silenceAndLossAreFound() async throws {
        let asked = try await AskedLog()
        for kind in [EventKind.start, .heartbeat, .heartbeat] {
            try await asked.log.record(AuditEvent(kind, by: .system()))
            asked.home.clock.advance(by: .seconds(60))
        }
        asked.home.clock.advance(by: .seconds(600))
        try await asked.log.record(AuditEvent(.heartbeat, by: .system()))
        try await asked.log.record(AuditEvent(.start, by: .system()))
        try await asked.log.record(AuditEvent(.stop, by: .system()))
        asked.home.clock.advance(by: .seconds(6_000))
        try await asked.log.record(AuditEvent(.start, by: .system()))
        let findings = try await asked.ask(AuditQuestion(.gaps)).findings
        #expect(findings.count == 2 && findings[0].entries == [2, 3] && findings[1].entries == [3, 4], "\(findings)")
        #expect(findings[0].what.hasPrefix("no entry for 660 seconds") && findings[1].what.hasPrefix("the server ended"))
        await asked.close()
    }

    /// A server that was killed is silent up to now, whatever other processes write; and it is known where the times begin after it.
    @Test(arguments: [false, true]) func aServerThatIsDeadIsFound(readsWholeLog: Bool) async throws {
        let asked = try await AskedLog()
        let command = try await asked.home.open(asked.store)
        for kind in [EventKind.start, .heartbeat] {
            try await asked.log.record(AuditEvent(kind, by: .system()))
            asked.home.clock.advance(by: .seconds(60))
        }
        let middle = asked.home.clock.now() + 1_800_000_000
        func findings(from: Int64?, to: Int64? = nil) async throws -> [AuditAnswer.Finding] {
            var question = AuditQuestion(.gaps)
            (question.from, question.to, question.readsWholeLog) = (from, to, readsWholeLog)
            return try await asked.ask(question).findings
        }
        #expect(try await findings(from: nil).isEmpty)
        for _ in 0..<2 {
            asked.home.clock.advance(by: .seconds(3_600))
            try await command.record(AuditEvent(.logRead, by: .system()))
        }
        for from in [nil, middle] {
            let found = try await findings(from: from)
            #expect(found.map(\.entries) == [[1]] && found[0].what.hasPrefix("nothing was heard of the server for 7260 seconds"), "\(found)")
        }
        #expect(try await findings(from: nil, to: middle).first?.what.hasPrefix("nothing was heard of the server for 1860 seconds") == true)
        let next = try await asked.home.open(asked.store)
        try await next.record(AuditEvent(.start, by: .system()))
        for from in [nil, middle] {
            let found = try await findings(from: from)
            #expect(found.map(\.entries) == [[1, 4]] && found[0].what.hasPrefix("the server ended without saying so"), "\(found)")
        }
        // One that said so was not running when the times begin.
        try await next.record(AuditEvent(.stop, by: .system()))
        asked.home.clock.advance(by: .seconds(3_600))
        try await command.record(AuditEvent(.logRead, by: .system()))
        #expect(try await findings(from: asked.home.clock.now()).isEmpty)
        await asked.close()
    }

    /// What a server still has to do when it has said that it ends can take longer than to its next heartbeat.
    @Test(arguments: [false, true]) func aServerThatEndsSlowlyHasSaidSo(readsWholeLog: Bool) async throws {
        let asked = try await AskedLog()
        for kind in [EventKind.start, .heartbeat, .stop, .heartbeat] {
            try await asked.log.record(AuditEvent(kind, by: .system()))
            asked.home.clock.advance(by: .seconds(50))
        }
        let afterStop = asked.home.clock.now() - 75_000_000
        asked.home.clock.advance(by: .seconds(3_600))
        for isAnotherStarted in [false, true] {
            if isAnotherStarted {
                let next = try await asked.home.open(asked.store)
                try await next.record(AuditEvent(.start, by: .system()))
            }
            for from in [nil, afterStop, asked.home.clock.now()] as [Int64?] {
                var question = AuditQuestion(.gaps)
                (question.from, question.readsWholeLog) = (from, readsWholeLog)
                #expect(try await asked.ask(question).findings.isEmpty)
            }
        }
        await asked.close()
    }

    /// What writes write comes by the outbox, and says nothing of when a server ran: its heartbeats lie far before.
    @Test func aServerThatWritesMuchIsNotSilent() async throws {
        let asked = try await AskedLog()
        try await asked.log.record(AuditEvent(.start, by: .system()))
        for _ in 0..<4 {
            asked.home.clock.advance(by: .seconds(60))
            try await asked.log.record(AuditEvent(.heartbeat, by: .system()))
        }
        try await asked.writeMuch(17_000)
        asked.home.clock.advance(by: .seconds(40))
        try await asked.writeMuch(10)
        asked.home.clock.advance(by: .seconds(20))
        try await asked.log.record(AuditEvent(.heartbeat, by: .system()))
        // Entries of a minute before count too: they may have waited.
        let from = asked.home.clock.now() + 25_000_000
        asked.home.clock.advance(by: .seconds(60))
        try await asked.log.record(AuditEvent(.heartbeat, by: .system()))
        for readsWholeLog in [false, true] {
            var question = AuditQuestion(.gaps)
            (question.from, question.readsWholeLog) = (from, readsWholeLog)
            let found = try await asked.ask(question).findings
            #expect(found.isEmpty, "\(found)")
        }
        await asked.close()
    }

    @Test func tablesAreSafeForSpreadsheets() {
        #expect(AuditTable.row(["a", "b,c", "d\"e", "=1+1", "-x", "", "l\nm"]) == "a,\"b,c\",\"d\"\"e\",'=1+1,'-x,,\"l\nm\"\r\n")
    }
}
