internal import WardDatabase
internal import WardFHIR
internal import WardSearch
internal import WardVault

/// Filter records and the blind index, against what is made anew from the resources.
extension RecordVerifier {
    /// Entries of the index that are looked at in one go.
    private static let pageEntries = 4_096

    /// Compares a version's filter record with its content, and notes the tokens that it must be found by.
    func checkFilter(
        _ row: StoredRecord, _ opened: OpenedRecord, _ page: inout IndexChecks, _ report: inout RecordReport
    ) async throws {
        guard !row.isDeleted else { return }
        if row.key.type.hasPrefix("_") { return try await checkCollected(row, opened, &page, &report) }
        guard !row.filter.isEmpty else { return report.add(.index, row, "its filter record is missing") }
        let kept: [UInt8]
        do {
            kept = try opened.filter()
        } catch {
            return report.add(.changed, row, "its filter record cannot be opened")
        }
        guard row.isCurrent else { return }
        let epochs = vault.indexEpochs
        var terms: [[IndexTerm]] = []
        var isFresh = true
        do throws(FHIRError) {
            let values = try gate.values(of: opened, base: FilterRecord.base(of: kept))
            isFresh = FilterRecord.isFresh(kept, parameters: values.parameters)
            if isFresh, FilterRecord.encode(values) != kept {
                report.add(.index, row, "its filter record holds other values than the resource")
            }
            for epoch in epochs {
                guard let policy = IndexPolicy.of(epoch.policy) else { continue }
                terms.append(try IndexTerms.terms(values, policy: policy))
            }
        } catch {
            return report.add(.index, row, "its search values cannot be read from the resource")
        }
        var alternatives: [[Int64]] = []
        if isFresh {
            for (epoch, terms) in zip(epochs, terms).reversed() {
                alternatives.append(try await vault.tokens(of: terms, row: row, epoch: epoch))
            }
        }
        if isFresh || terms.contains(where: { !$0.isEmpty }) {
            page.add(.init(sequence: row.sequence, key: row.key, version: row.version, alternatives: alternatives))
        }
    }

    /// Notes the tokens that a value of a collection must be found by: none where the collection has no lookup fields.
    private func checkCollected(
        _ row: StoredRecord, _ opened: OpenedRecord, _ page: inout IndexChecks, _ report: inout RecordReport
    ) async throws {
        guard row.isCurrent else { return }
        let terms: [IndexTerm]
        do throws(VaultError) {
            terms = try collections[row.key.type]?.terms(of: opened) ?? []
        } catch {
            return report.add(.index, row, "its lookup fields cannot be read from its value")
        }
        var alternatives: [[Int64]] = []
        for epoch in vault.indexEpochs.reversed() {
            alternatives.append(try await vault.tokens(of: terms, row: row, epoch: epoch))
        }
        page.add(.init(sequence: row.sequence, key: row.key, version: row.version, alternatives: alternatives))
    }

    /// Compares the tokens of a page with those that the index holds.
    func compare(_ page: inout IndexChecks, _ report: inout RecordReport) async throws {
        let checks = page.checks
        page = IndexChecks()
        let held = try await records.tokens(of: checks.map(\.sequence))
        for (check, tokens) in zip(checks, held) {
            let found = tokens.sorted()
            let isRight = check.alternatives.isEmpty ? !found.isEmpty : check.alternatives.contains(found)
            if isRight { continue }
            // A version that was superseded since it was read has none.
            guard try await row(check.sequence)?.isCurrent == true else { continue }
            let isShort = check.alternatives.allSatisfy { !Set($0).isSubset(of: found) }
            report.add(RecordFault(
                kind: .index, record: check.key.description, version: check.version,
                what: isShort
                    ? "searches miss it: the index lacks tokens of it" : "the index holds tokens that are not of it"))
        }
    }

    /// Refuses a judgement on the index if a new epoch began in between, whose key is not known here.
    func requireSameEpochs(_ report: RecordReport) async throws {
        guard report.faults.contains(where: { $0.kind == .index }) else { return }
        let state = try await records.indexState()
        guard vault.indexEpochs.contains(where: { $0.number == state.epoch }) else {
            throw VaultError(.indexMoved, "the index was begun anew while it was verified; verify again")
        }
    }

    /// Walks through the index for entries that find a version by a token which is none of its own.
    func strays() async throws -> [RecordFault] {
        var found: Set<Int64> = []
        var forgotten: Set<Int64> = []
        var flaws: [RecordFault] = []
        var place: IndexPlace?
        repeat {
            let page = try await records.strays(from: place, limit: Self.pageEntries)
            for flaw in page.flaws where flaws.count < Self.faultBound { flaws.append(RecordFault(flaw)) }
            for sequence in page.strays where found.count < Self.faultBound { found.insert(sequence) }
            for sequence in page.forgotten where forgotten.count < Self.faultBound { forgotten.insert(sequence) }
            place = page.next
        } while place != nil
        var faults = flaws
        for sequence in found.sorted() {
            if let fault = try await stray(sequence) { faults.append(fault) }
        }
        for sequence in forgotten.sorted() {
            if let fault = try await self.forgotten(sequence) { faults.append(fault) }
        }
        return faults
    }

    /// The fault of a current version that the index is about to forget; nil where it was superseded since it was met.
    func forgotten(_ sequence: Int64) async throws -> RecordFault? {
        guard let row = try await row(sequence), row.isCurrent, !row.isDeleted else { return nil }
        return RecordFault(
            kind: .index, record: row.key.description, version: row.version,
            what: "searches will miss it: it is noted as superseded, and the index forgets it with the next merge")
    }

    /// The fault of a version that the index finds by a foreign token; nil where it is no fault.
    func stray(_ sequence: Int64) async throws -> RecordFault? {
        let row: StoredRecord?
        do throws(DatabaseError) {
            row = try await records.records([sequence]).first
        } catch {
            // It is named where it is scanned.
            guard error.code == .damaged else { throw error }
            return nil
        }
        // Entries of versions that were swept leave the index later than the versions, and find nothing meanwhile.
        if row == nil, try await isBelowSweep(sequence) { return nil }
        return RecordFault(
            kind: .index, record: row?.key.description ?? "sequence \(sequence)", version: row?.version ?? 0,
            what: row == nil
                ? "the index holds tokens of a version that is not there"
                : "the index holds tokens that are not of it")
    }
}
