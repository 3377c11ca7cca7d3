internal import Foundation
internal import WardDatabase
internal import WardKeys
internal import WardRecords
internal import WardSearch
internal import WardVault

/// How fast the blind index is made anew under a new key, beside no requests.
struct ReindexMeasure {
    let home: BareHome

    private static let count = 60_000
    private static let patients = 600
    /// As many as a step of `ward index rebuild` brings over.
    private static let stepRecords = 1_000

    func measure(into table: inout Table) async throws {
        try await fill()
        _ = try await home.keyring.beginIndex(
            TenantID.first.rawValue, partitions: 4, policy: IndexPolicy.standard.text, now: 0)
        let rebuild = IndexRebuild(vault: home.vault, store: home.records, collections: [])
        let start = ContinuousClock.now
        var records = 0
        while true {
            let progress = try await rebuild.step(limit: Self.stepRecords)
            records += progress.records
            if progress.passed == progress.of { break }
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        guard records >= Self.count else { throw BenchError("only \(records) resources were brought over") }
        table.add("seal: resources brought to a new epoch of the index", "\(Int(Double(records) / seconds))/s", target: "20000/s")
        let end = ContinuousClock.now
        while try await !rebuild.step(limit: Self.stepRecords).isFinished {}
        table.note("the older epoch of these \(records) resources was removed in \(Table.decimal(end.duration(to: .now) / .seconds(1))) s")
    }

    private func fill() async throws {
        for first in stride(from: 0, to: Self.count, by: 500) {
            let drafts = try (first..<first + 500).map { number in
                try BenchResource.draft(
                    number: number + 2,
                    patient: BenchResource.id(.patient, number % Self.patients), home.vault)
            }
            _ = try await home.vault.commit(try await home.vault.seal(drafts), events: [])
        }
    }
}
