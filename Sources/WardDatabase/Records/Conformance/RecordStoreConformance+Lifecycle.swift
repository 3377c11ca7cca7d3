extension RecordStoreConformance {
    static var lifecycle: [Check] {
        [
            Check("what was committed is there after closing and opening", reopening),
            Check("a store that is closed refuses work", closed),
            Check("closing finishes what waits", draining),
            Check("a reader beside a writer sees what was committed", readingBeside),
        ]
    }

    @Sendable private static func reopening(_ harness: any RecordStoreHarness) async throws {
        for round in 1...4 as ClosedRange<UInt64> {
            try await withStore(harness) { store in
                for number in 0..<20 {
                    if round > 1 {
                        let old = ConformanceSample(number: number, version: round - 1, tokens: [6, Int64(round) - 1])
                        try expectSame(try await store.newest(old.key), old)
                    }
                    let sample = ConformanceSample(number: number, version: round, tokens: [6, Int64(round)])
                    _ = try await store.commit(WriteBatch(records: [sample.record]))
                }
                let query = CandidateQuery(tenant: .first, type: "Observation", groups: [[6], [Int64(round)]], limit: 50)
                try expect(try await store.candidates(query).rows.count == 20, "round \(round): the index as well")
            }
        }
    }

    @Sendable private static func closed(_ harness: any RecordStoreHarness) async throws {
        let store = try await harness.open()
        await store.close()
        let sample = ConformanceSample(number: 1)
        try await expectFailure(.closed, "a commit") { () throws(DatabaseError) in
            _ = try await store.commit(WriteBatch(records: [sample.record]))
        }
        try await expectFailure(.closed, "a read") { () throws(DatabaseError) in
            _ = try await store.newest(sample.key)
        }
        await store.close()
    }

    @Sendable private static func draining(_ harness: any RecordStoreHarness) async throws {
        let store = try await harness.open()
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<100 {
                group.addTask {
                    let batch = WriteBatch(records: [ConformanceSample(number: number).record])
                    return (number, (try? await store.commit(batch)) != nil)
                }
            }
            group.addTask {
                await store.close()
                return (-1, true)
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        try await withStore(harness) { store in
            for number in 0..<100 {
                let isThere = try await store.newest(ConformanceSample(number: number).key) != nil
                try expect(isThere == outcomes[number], "what was acknowledged is there, what was refused is not")
            }
        }
    }

    @Sendable private static func readingBeside(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            _ = try await store.commit(WriteBatch(records: [ConformanceSample(number: 0, tokens: [2, 50]).record]))
            guard let reader = try await harness.openForReading() else { return }
            for number in 1..<200 {
                let sample = ConformanceSample(
                    number: number, tokens: [2, Int64(number % 3), ConformanceSample.token(number)])
                let receipt = try await store.commit(WriteBatch(records: [sample.record]))
                try expectSame(try await reader.newest(sample.key), sample)
                if number.isMultiple(of: 20) {
                    let query = CandidateQuery(tenant: .first, type: "Observation", groups: [[2]], limit: 30)
                    try expect(try await all(query, reader).count == number + 1, "the reader finds by token")
                    let held = try await reader.tokens(of: receipt.sequences[0])
                    try expect(Set(held) == Set(sample.tokens), "the reader sees tokens")
                }
            }
            try expect(try await reader.scan(after: 0, limit: 1_000).rows.count == 200, "the reader scans")
            try await expectFailure(.unavailable, "a commit by a reader") { () throws(DatabaseError) in
                _ = try await reader.commit(WriteBatch(records: [ConformanceSample(number: 999).record]))
            }
            await reader.close()
        }
    }
}
