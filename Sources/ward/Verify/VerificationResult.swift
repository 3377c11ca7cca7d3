internal import WardAudit

/// What a verification found, as commands print it.
struct VerificationResult: Encodable {
    var isWhole: Bool
    /// Entries of the log or versions of records that were read.
    var entries: Int
    var checkpoints: Int?
    /// Entries of the log that expired under signed tombstones, or versions whose entries did.
    var expired: Int
    /// Rows that stood in the log and were none of its entries, and that somebody had taken aside.
    var aside: Int?
    var seconds: Double
    /// Keys that nothing needs; at most 1,000 of them.
    var unusedKeys: [String]?
    var faults: [FaultLine]
    /// Whether the witness was asked what it holds now: `asked`, or `not asked: ` and why; nil where none is named.
    var witness: String?

    /// One fault: what, where, of which kind.
    struct FaultLine: Codable {
        var kind: String
        var place: String
        var what: String
    }

    /// One line a fault, and a line that sums up.
    func text(_ noun: String) -> String {
        let lines = faults.map { "\($0.kind): \($0.place): \($0.what)" }
        let unused = unusedKeys ?? []
        let notes = unused.prefix(20).map { "unused: \($0)" } + (unused.count > 20 ? ["and \(unused.count - 20) more unused keys"] : [])
        let rounded = (seconds * 100).rounded() / 100
        let asked = witness.map { ["the witness was \($0)"] } ?? []
        let gone = noun == "entries" ? expired.of("more has expired", "more have expired") : "of \(expired) only entries told that have expired"
        let read = entries.of(noun == "entries" ? "entry" : "version", noun)
        let sum = isWhole ? "whole: \(read) in \(rounded) s" : "\(faults.count.of("fault", "faults")) in \(read)"
        let rows = aside ?? 0
        return (lines + notes + asked + [
            sum + (expired == 0 ? "" : "; \(gone)") + (rows == 0 ? "" : "; \(rows.of("row was", "rows were")) taken aside before")
        ])
            .joined(separator: "\n")
    }
}
