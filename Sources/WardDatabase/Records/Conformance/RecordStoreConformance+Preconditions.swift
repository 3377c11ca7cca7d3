extension RecordStoreConformance {
    static var preconditions: [Check] {
        [
            Check("the precondition on the newest version holds or fails", newestPrecondition),
            Check("the precondition that nothing matches holds or fails", noneMatches),
            Check("a match that is far back, superseded or deleted is judged rightly", noneMatchesFarBack),
            Check("of conditional creates that race one wins", conditionalRace),
        ]
    }

    @Sendable private static func newestPrecondition(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let guarded = ConformanceSample(number: 2)
            func attempt(_ version: UInt64, _ number: Int) async throws(DatabaseError) {
                _ = try await store.commit(WriteBatch(
                    preconditions: [.newest(guarded.key, version: version)],
                    records: [ConformanceSample(number: number, type: "Patient").record]))
            }
            try await expectFailure(.preconditionFailed, "a record that is missing") { () throws(DatabaseError) in
                try await attempt(1, 100)
            }
            try await attempt(0, 100)
            _ = try await store.commit(WriteBatch(records: [guarded.record]))
            try await expectFailure(.preconditionFailed, "a record that is there") { () throws(DatabaseError) in
                try await attempt(0, 101)
            }
            try await attempt(1, 101)
            let deletion = ConformanceSample(number: 2, version: 2, isDeleted: true)
            _ = try await store.commit(WriteBatch(records: [deletion.record]))
            try await expectFailure(.preconditionFailed, "a newer version") { () throws(DatabaseError) in
                try await attempt(1, 102)
            }
            try await attempt(2, 102)
            let written = try await store.newest(ConformanceSample(number: 102, type: "Patient").key)
            try expect(written != nil, "what held was written")
        }
    }

    @Sendable private static func noneMatches(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let before = try await store.newestSequence()
            let receipt = try await store.commit(WriteBatch(
                records: [ConformanceSample(number: 1, tokens: [1, 2, 3]).record]))
            func attempt(_ tokens: [Int64], _ since: Int64) async throws(DatabaseError) {
                _ = try await store.commit(WriteBatch(preconditions: [.noneMatches(tokens: tokens, since: since)]))
            }
            try await expectFailure(.preconditionFailed, "all tokens match") { () throws(DatabaseError) in
                try await attempt([3, 1], before)
            }
            try await attempt([1, 4], before)
            try await attempt([4], before)
            try await attempt([1, 2, 3], receipt.sequences[0])
        }
    }

    @Sendable private static func noneMatchesFarBack(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for start in stride(from: 0, to: 3_000, by: 250) {
                let samples = (start..<start + 250).map { number in
                    ConformanceSample(number: number, tokens: [7, ConformanceSample.token(number)])
                }
                _ = try await store.commit(WriteBatch(records: samples.map(\.record)))
            }
            let changed = ConformanceSample(number: 20, version: 2, tokens: [7])
            let deleted = ConformanceSample(number: 21, version: 2, isDeleted: true)
            _ = try await store.commit(WriteBatch(records: [changed.record, deleted.record]))
            func attempt(_ number: Int) async throws(DatabaseError) {
                let tokens = [7, ConformanceSample.token(number)]
                _ = try await store.commit(WriteBatch(preconditions: [.noneMatches(tokens: tokens, since: 0)]))
            }
            try await expectFailure(.preconditionFailed, "a record of long ago") { () throws(DatabaseError) in
                try await attempt(5)
            }
            try await expectFailure(.preconditionFailed, "a record of late") { () throws(DatabaseError) in
                try await attempt(2_999)
            }
            try await attempt(20)
            try await attempt(21)
            try await attempt(3_000)
        }
    }

    @Sendable private static func conditionalRace(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for round in 0..<10 {
                let token = ConformanceSample.token(round)
                let since = try await store.newestSequence()
                let winners = await withTaskGroup(of: Bool.self) { group in
                    for racer in 0..<8 {
                        group.addTask {
                            let sample = ConformanceSample(number: round * 100 + racer, tokens: [token, 1])
                            let batch = WriteBatch(
                                preconditions: [.noneMatches(tokens: [token], since: since)], records: [sample.record])
                            return (try? await store.commit(batch)) != nil
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                try expect(winners == 1, "one of eight conditional creates wins, not \(winners)")
            }
        }
    }
}
