/// What every ``AuditIndexStore`` must do, as a suite that an engine's own tests run on an empty index.
public struct AuditIndexConformance: Sendable {
    private let index: any AuditIndexStore

    /// A suite for one index, which is empty.
    public init(_ index: any AuditIndexStore) { self.index = index }

    /// Runs every check and returns the sentences that do not hold; empty where the index conforms.
    /// - Throws: what the index throws where it should not.
    public func failures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        func check(_ holds: Bool, _ sentence: String) { if !holds { failures.append(sentence) } }
        check(try await index.state() == .empty, "a new index is empty")
        let (ada, patient) = (AuditTerm(.agent, -7), AuditTerm(.patient, .min))
        let first = AuditIndexState(end: 10, last: EventID([UInt8](repeating: 1, count: 16)))
        try await index.add(
            (0..<10).map { AuditPosting(ada, $0) } + [AuditPosting(patient, 4), AuditPosting(patient, 9)], from: .empty, to: first)
        check(try await index.state() == first, "the end moves with the postings")
        check(try await index.positions(of: ada, from: 0, below: .max, limit: 3) == [9, 8, 7], "the newest come first")
        check(try await index.positions(of: ada, from: 2, below: 4, limit: 9) == [3, 2], "bounds are kept")
        check(try await index.positions(of: patient, from: 0, below: .max, limit: 9) == [9, 4], "terms are apart")
        check(try await index.positions(of: AuditTerm(.patient, -7), from: 0, below: .max, limit: 9) == [], "families are apart")
        check(try await index.values(of: .agent, limit: 9) == [-7], "values of a family are listed")
        let all = [AuditPosting(patient, 4), AuditPosting(patient, 9)] + (0..<10).map { AuditPosting(ada, $0) }
        check(try await index.postings(after: nil, limit: 99) == all, "every posting is listed, by family, value and position")
        check(try await index.postings(after: all[1], limit: 2) == Array(all[2..<4]), "postings are listed page by page")
        check(try await index.postings(after: all[11], limit: 2) == [], "after the last posting there is none")
        do throws(DatabaseError) {
            try await index.add([AuditPosting(ada, 11)], from: .empty, to: AuditIndexState(end: 12, last: nil))
            failures.append("an addition to another end is refused")
        } catch {
            check(error.code == .versionConflict, "an addition to another end is a conflict")
        }
        check(try await index.positions(of: ada, from: 10, below: .max, limit: 9) == [], "what is refused leaves nothing")
        let second = AuditIndexState(end: 20, last: first.last)
        let other = AuditTerm(.agent, 5)
        try await index.add([AuditPosting(ada, 9)] + [-5, 12, .max - 1].map { AuditPosting(other, $0) }, from: first, to: second)
        check(try await index.positions(of: other, from: .min, below: .max, limit: 9) == [12], "no position is given that no log reaches")
        check(try await index.positions(of: ada, from: 8, below: .max, limit: 9) == [9, 8], "a posting is there once")
        check(try await index.values(of: .agent, limit: 9) == [-7, 5], "values are in order")
        check(try await index.values(of: .agent, limit: 1) == [-7], "values are bounded")
        check(try await index.values(of: .kind, limit: 9) == [], "values of families are apart")
        try await index.forget(below: 12)
        check(try await index.state() == second, "what is forgotten leaves the end where it is")
        check(try await index.values(of: .agent, limit: 9) == [5], "values go with their last posting")
        check(try await index.positions(of: other, from: 0, below: .max, limit: 9) == [12], "others stay")
        check(try await index.positions(of: patient, from: 0, below: .max, limit: 9) == [], "what is below is forgotten")
        try await index.clear()
        check(try await index.state() == .empty, "a cleared index is empty")
        check(try await index.values(of: .agent, limit: 9) == [], "a cleared index has no values")
        check(try await index.postings(after: nil, limit: 9) == [], "a cleared index has no postings")
        return failures
    }
}
