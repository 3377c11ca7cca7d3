/// What a verification found, as commands print it.
struct VerificationResult: Encodable {
    var isWhole: Bool
    /// Entries of the log or versions of records that were read.
    var entries: Int
    var checkpoints: Int?
    /// Entries of the log that expired under signed tombstones, or versions whose entries did.
    var expired: Int
    var seconds: Double
    /// Keys that nothing needs; at most 1,000 of them.
    var unusedKeys: [String]?
    var faults: [FaultLine]

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
        let gone = noun == "entries" ? "\(expired) more have expired" : "of \(expired) only entries told that have expired"
        let sum = isWhole ? "whole: \(entries) \(noun) in \(rounded) s" : "\(faults.count) faults in \(entries) \(noun)"
        return (lines + notes + [sum + (expired == 0 ? "" : "; \(gone)")])
            .joined(separator: "\n")
    }
}
