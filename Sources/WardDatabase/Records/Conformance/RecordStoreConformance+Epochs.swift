extension RecordStoreConformance {
    static let epochs: [Check] = [
        Check("a new epoch is searched beside the old one, and takes new versions") { harness in
            let store = try await harness.open()
            _ = try await store.commit(.init(records: [sample("a", tokens: [1])], indexEpoch: 1))
            try await store.beginIndex(epoch: 2)
            _ = try await store.commit(.init(records: [sample("b", tokens: [2])], indexEpoch: 2))
            try await expect(ids(store, [1, 2]) == ["a", "b"], "both epochs are searched")
            _ = try await store.commit(.init(records: [sample("a", version: 2, tokens: [2])], indexEpoch: 2))
            try await expect(ids(store, [1]) == [], "a superseded version of the old epoch is not found")
            try await expect(ids(store, [2]) == ["a", "b"], "the new version is found by the new epoch")
            let state = try await store.indexState()
            try expect(state.epoch == 2 && state.older == 1 && state.boundary == 1, "the state tells both epochs")
            await store.close()
        },
        Check("a size is counted over both epochs, each record once, up to its bound") { harness in
            let store = try await harness.open()
            _ = try await store.commit(.init(records: [sample("a", tokens: [1]), sample("b", tokens: [1])], indexEpoch: 1))
            _ = try await store.commit(.init(records: [sample("b", version: 2, tokens: [1])], indexEpoch: 1))
            try await store.beginIndex(epoch: 2)
            _ = try await store.commit(.init(records: [sample("c", tokens: [2])], indexEpoch: 2))
            try await expect(store.indexSize(bound: 100).records == 3, "current records alone")
            try await expect(store.indexSize(bound: 2).records == 2, "no further than the bound")
            try await bringOver(store, epoch: 2) { $0.map { _ in [2] } }
            try await expect(store.indexSize(bound: 100).records == 3, "one that is in both epochs counts once")
            await store.close()
        },
        Check("a batch with tokens of a newer epoch begins it") { harness in
            let store = try await harness.open()
            _ = try await store.commit(.init(records: [sample("a", tokens: [1])], indexEpoch: 1))
            _ = try await store.commit(.init(records: [sample("b", tokens: [2])], indexEpoch: 2))
            let state = try await store.indexState()
            try expect(state.epoch == 2 && state.older == 1 && state.boundary == 1, "it began before the batch")
            try await expect(ids(store, [2]) == ["b"], "the batch is of the new epoch")
            await store.close()
        },
        Check("tokens of an epoch that is over are refused") { harness in
            let store = try await harness.open()
            _ = try await store.commit(.init(records: [sample("a", tokens: [1])], indexEpoch: 1))
            try await store.beginIndex(epoch: 2)
            try await expectFailure(.indexMoved, "a batch of the old epoch") { () async throws(DatabaseError) in
                _ = try await store.commit(.init(records: [sample("b", tokens: [1])], indexEpoch: 1))
            }
            _ = try await page(store, [1], epoch: 1)
            try await bringOver(store, epoch: 2) { $0.map { _ in [2] } }
            while try await !store.endOlderIndex() {}
            try await expectFailure(.indexMoved, "a query of the old epoch") { () async throws(DatabaseError) in
                _ = try await page(store, [1], epoch: 1)
            }
            try await expect(ids(store, [2]) == ["a"], "what was brought over is found")
            await store.close()
        },
        Check("a change that has not ended lets no other begin") { harness in
            let store = try await harness.open()
            _ = try await store.commit(.init(records: [sample("a", tokens: [1])], indexEpoch: 1))
            try await store.beginIndex(epoch: 2)
            try await store.beginIndex(epoch: 2)
            try await expectFailure(.unavailable, "a third epoch") { () async throws(DatabaseError) in
                try await store.beginIndex(epoch: 3)
            }
            try await expectFailure(.unavailable, "ending before all were brought over") { () async throws(DatabaseError) in
                _ = try await store.endOlderIndex()
            }
            await store.close()
        },
        Check("bringing over goes on in a store that was opened anew, while versions come and go") { harness in
            try await bringingOver(harness)
        },
    ]

    /// Forty records, a third of them written anew or deleted while the rest is brought over in small steps, with the store
    /// opened anew after each: at every moment each is found once, by whatever epoch has it. Three epochs, so that both sets
    /// of tables are used twice.
    private static func bringingOver(_ harness: any RecordStoreHarness) async throws {
        var store = try await harness.open()
        var versions: [String: UInt64] = [:]
        for number in 0..<40 {
            _ = try await store.commit(.init(records: [sample("r\(number)", tokens: tokens(number, 1))], indexEpoch: 1))
            versions["r\(number)"] = 1
        }
        for epoch in UInt32(2)...4 {
            try await store.beginIndex(epoch: epoch)
            var step = 0
            while true {
                let state = try await store.indexState()
                guard state.reindexed < state.boundary else { break }
                try await bringOver(store, epoch: epoch, steps: 1) { rows in
                    rows.map { tokens(Int($0.key.id.text.dropFirst()) ?? 0, epoch) }
                }
                let number = (step * 7 + Int(epoch)) % 40
                let id = "r\(number)"
                let version = (versions[id] ?? 0) + 1
                let isGone = step % 5 == 4
                _ = try await store.commit(.init(
                    records: [sample(id, version: version, isDeleted: isGone, tokens: isGone ? [] : tokens(number, epoch))],
                    indexEpoch: isGone ? 0 : epoch))
                versions[id] = version
                step += 1
                await store.close()
                store = try await harness.open()
                try await checkAll(store, epoch)
            }
            while try await !store.endOlderIndex() { try await checkAll(store, epoch) }
            try await checkAll(store, epoch)
            // Those that were deleted come back, so that the next round has all.
            for number in 0..<40 {
                let key = sample("r\(number)", tokens: []).key
                guard let newest = try await store.newest(key), newest.isDeleted else { continue }
                _ = try await store.commit(.init(
                    records: [sample("r\(number)", version: newest.version + 1, tokens: tokens(number, epoch))],
                    indexEpoch: epoch))
                versions["r\(number)"] = newest.version + 1
            }
        }
        try await expect(store.strays(from: nil, limit: 10_000).strays.isEmpty, "no entry is left over")
        await store.close()
    }

    private static func checkAll(_ store: any RecordStore, _ epoch: UInt32) async throws {
        for number in 0..<40 {
            let key = sample("r\(number)", tokens: []).key
            let newest = try await store.newest(key)
            let expected = newest?.isDeleted == false ? ["r\(number)"] : []
            let asked = [tokens(number, epoch)[0], tokens(number, epoch - 1)[0]]
            try await expect(ids(store, asked) == expected, "record \(number) is found as it should be in epoch \(epoch)")
            if let newest, !newest.isDeleted {
                let held = try await store.tokens(of: newest.sequence).sorted()
                try expect(
                    held == tokens(number, epoch).sorted() || held == tokens(number, epoch - 1).sorted(),
                    "record \(number) has the tokens of one epoch")
            }
        }
    }

    /// One token of its own and one that all share, both far apart in the key range.
    private static func tokens(_ number: Int, _ epoch: UInt32) -> [Int64] {
        let mixed = Int64(truncatingIfNeeded: UInt64(number * 16 + Int(epoch) + 1) &* 0x9E37_79B9_7F4A_7C15)
        return [mixed, Int64(epoch) &* 0x1234_5678_9ABC_DEF1]
    }

    private static func bringOver(
        _ store: any RecordStore, epoch: UInt32, steps: Int = .max, _ tokens: ([StoredRecord]) -> [[Int64]]
    ) async throws {
        for _ in 0..<steps {
            let state = try await store.indexState()
            guard state.reindexed < state.boundary else { return }
            let page = try await store.unindexed(limit: 3)
            let versions = zip(page.rows, tokens(page.rows)).map { ReindexedVersion(sequence: $0.sequence, tokens: $1) }
            try await store.reindex(versions, after: state.reindexed, through: page.through, epoch: epoch)
            // A second one who was at the same place changes nothing.
            try await store.reindex(versions, after: state.reindexed, through: page.through, epoch: epoch)
        }
    }

    private static func page(
        _ store: any RecordStore, _ tokens: [Int64], epoch: UInt32 = 0
    ) async throws(DatabaseError) -> CandidatePage {
        try await store.candidates(
            .init(tenant: .first, type: "Thing", groups: [tokens], order: .oldestFirst, limit: 100, indexEpoch: epoch))
    }

    private static func ids(_ store: any RecordStore, _ tokens: [Int64]) async throws -> [String] {
        try await page(store, tokens).rows.map(\.key.id.text).sorted()
    }

    private static func sample(
        _ id: String, version: UInt64 = 1, isDeleted: Bool = false, tokens: [Int64]
    ) -> NewRecord {
        NewRecord(
            key: RecordKey(tenant: .first, type: "Thing", id: LogicalID(id) ?? LogicalID(uuid: [UInt8](repeating: 0, count: 16))),
            patient: nil, version: version, updatedAt: Int64(version), isDeleted: isDeleted, keyVersion: 1, sealed: [1, 2, 3],
            digest: [UInt8](repeating: 7, count: 32), filter: isDeleted ? [] : [4], tokens: tokens)
    }
}
