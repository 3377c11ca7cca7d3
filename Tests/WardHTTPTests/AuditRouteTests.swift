import Synchronization
import Testing
@testable import WardAudit
import WardHTTP
import WardRecords

@Suite struct AuditRouteTests {
    private static func answer(next: Int64?) -> AuditDesk.Reply {
        .answer(AuditAnswer(
            question: "who-saw", subject: "Patient/p1", next: next,
            proof: .init(checkpoint: "note", key: "key", proved: 1, unsigned: 0, foundBy: "index")))
    }

    @Test func aQuestionIsReadAndThePageLinksToTheNext() async throws {
        let house = House()
        house.auditAnswer.withLock { $0 = Self.answer(next: 41) }
        try await LiveServer.run(house.services) { live async throws in
            let path = "/api/audit/who-saw?patient=Patient/p1&from=2026-01-31&limit=7&before=90"
            let answer = try await live.send("GET", path, token: House.auditor)
            #expect(answer.status == 200 && answer["content-type"]?.hasPrefix("application/json") == true)
            #expect(answer.body.contains(
                #""next_link":"/api/audit/who-saw?patient=Patient/p1&from=2026-01-31T00:00:00.000000Z&limit=7&before=41""#), "\(answer.body)")
            #expect(answer.body.contains(#""found_by":"index""#))
            let asked = house.questions.withLock { $0.last }
            #expect(asked == AuditQuestion(.whoSaw, subject: "Patient/p1", from: 1_769_817_600_000_000, before: 90, limit: 7))
            house.auditAnswer.withLock { $0 = Self.answer(next: nil) }
            #expect(try await !live.send("GET", path, token: House.auditor).body.contains("next_link"))
        }
    }

    @Test func whatIsNoQuestionIsRefusedAndNotAsked() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            for (path, status) in [
                ("", 404), ("/nothing", 404), ("/denied/x", 404), ("/denied?from=noon", 400), ("/denied?limit=0", 400),
                ("/denied?limit=501", 400), ("/denied?patient=Patient/p1", 400), ("/denied?nonsense=1", 400),
                ("/denied?from=2026-01-01&from=2026-01-02", 400), ("/denied?before=-1", 400), ("/denied?whole_log=yes", 400),
            ] {
                #expect(try await live.send("GET", "/api/audit" + path, token: House.auditor).status == status, "\(path)")
            }
            // What is no question is told as an asking, and what is not there, as a refusal.
            #expect(house.questions.withLock { $0 } == Array(repeating: nil, count: 8))
            #expect(house.refusals.withLock { $0 } == Array(repeating: "404 /api/audit \(House.auditor)", count: 3))
            // What is wrong with a question is told to those only who may ask.
            #expect(try await live.send("GET", "/api/audit/denied?nonsense=1", token: House.clinician).status == 403)
            #expect(try await live.send("GET", "/api/audit/what-did?user=x", token: House.auditor).status == 404)
            house.auditAnswer.withLock { $0 = .tampered("") }
            #expect(try await live.send("GET", "/api/audit/denied", token: House.auditor).status == 500)
            #expect(try await live.send("POST", "/api/audit/denied", token: House.auditor).status == 405)
            #expect(house.refusals.withLock { $0.last } == "405 /api/audit \(House.auditor)")
        }
    }
}
