internal import WardDatabase
internal import WardSearch
internal import WardVault

/// Finds the current records that several patients share: no patient's key may seal them, so shredding one of the patients
/// leaves them readable, and whoever asks for it is told how many there are.
struct SharedRecords: Sendable {
    let vault: Vault
    let catalog: SearchCatalog

    /// Counted at most: beyond, the number says "at least".
    static let bound = 100_000
    private static let page = 500

    /// How many current records a patient shares with others.
    /// - Throws: ``VaultError``.
    func count(of patient: LogicalID) async throws -> Int {
        var count = 0
        for type in catalog.sharedTypes where count < Self.bound {
            try Task.checkCancellation()
            count += try await self.count(of: patient, type: type, atMost: Self.bound - count)
        }
        return count
    }

    private func count(of patient: LogicalID, type: String, atMost bound: Int) async throws -> Int {
        guard let parameters = catalog.parameters(for: type),
            let tokens = try await vault.tokens(TermQuery(type: type, groups: [[IndexTerms.shared(with: patient.text, type: type)]]))
        else { return 0 }
        var count = 0
        var place: CandidateQuery.Position?
        repeat {
            let run = try await vault.candidates(
                type: type, tokens: tokens, order: .newestFirst, after: place, limit: Self.page, includesContent: false)
            for match in run.candidates where match.patient == nil {
                let values = try? FilterRecord.values(match.filter, parameters: parameters, patient: nil)
                // What another program indexed counts: too many is said rather than too few.
                if values?.sharedPatients.contains(patient.text) ?? true { count += 1 }
            }
            place = run.next
        } while place != nil && count < bound
        return min(count, bound)
    }
}
