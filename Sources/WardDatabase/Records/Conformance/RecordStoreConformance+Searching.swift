extension RecordStoreConformance {
    static var searching: [Check] {
        [
            Check("candidates carry a token of each group, none is missing", superset),
            Check("candidates come in order, page by page, both ways", order),
            Check("paging is whole while others write", pagingWhileWriting),
            Check("values that are frequent alone and rare together are found", frequentTogether),
            Check("content is read only where asked", content),
        ]
    }

    @Sendable private static func superset(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let samples = (0..<400).map { number in
                let tokens = [2, 3, 5, 7, 11, 13].filter { number.isMultiple(of: $0) }.map { ConformanceSample.token($0) }
                return ConformanceSample(number: number, updatedAt: Int64(number / 10), tokens: tokens + tokens)
            }
            for start in stride(from: 0, to: 400, by: 40) {
                _ = try await store.commit(WriteBatch(records: samples[start..<start + 40].map(\.record)))
            }
            let groups: [[[Int]]] = [
                [], [[2]], [[13]], [[2], [3]], [[2, 3]], [[2, 3], [5, 7]], [[11], [13]], [[17]], [[2], [17]], [[]],
                [[2], [3], [5], [7]], [[2, 17], [13, 17]],
            ]
            for group in groups {
                let query = CandidateQuery(
                    tenant: .first, type: "Observation", groups: group.map { $0.map(ConformanceSample.token) }, limit: 13)
                let found = try await all(query, store)
                let expected = samples.filter { sample in
                    group.allSatisfy { $0.contains { sample.number.isMultiple(of: $0) && $0 != 17 } }
                }
                try expect(Set(found.map(\.key)).count == found.count, "no record comes twice")
                try expect(
                    Set(found.map(\.key)).isSuperset(of: expected.map(\.key)), "groups \(group): none is missing")
                try expect(found.allSatisfy { $0.isCurrent && !$0.isDeleted }, "only current records")
            }
            let other = CandidateQuery(tenant: .first, type: "Unheard", groups: [], limit: 5)
            try expect(try await store.candidates(other).isComplete, "a type that was never written has no candidates")
        }
    }

    @Sendable private static func order(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            var random = 0
            let samples = (0..<150).map { number in
                random = (random &* 1_103_515_245 &+ 12_345) & 0xFFFF
                return ConformanceSample(number: number, updatedAt: Int64(random % 17), tokens: [9, Int64(number % 2)])
            }
            for sample in samples { _ = try await store.commit(WriteBatch(records: [sample.record])) }
            for groups in [[], [[9]], [[0]], [[9], [1]]] as [[[Int64]]] {
                for limit in [1, 7, 150] {
                    for order in [CandidateQuery.Order.newestFirst, .oldestFirst] {
                        let query = CandidateQuery(
                            tenant: .first, type: "Observation", groups: groups, order: order, limit: limit)
                        let found = try await all(query, store)
                        var sorted = found.sorted { ($0.updatedAt, $0.sequence) < ($1.updatedAt, $1.sequence) }
                        if order == .newestFirst { sorted.reverse() }
                        try expect(found.map(\.sequence) == sorted.map(\.sequence), "in order, limit \(limit)")
                        try expect(found.count >= (groups.contains([0]) || groups.contains([1]) ? 75 : 150), "whole")
                    }
                }
            }
        }
    }

    @Sendable private static func pagingWhileWriting(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let before = (0..<300).map { ConformanceSample(number: $0, updatedAt: Int64($0), tokens: [4]) }
            for start in stride(from: 0, to: 300, by: 30) {
                _ = try await store.commit(WriteBatch(records: before[start..<start + 30].map(\.record)))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 300..<600 {
                        let sample = ConformanceSample(number: number, updatedAt: Int64(number), tokens: [4])
                        _ = try await store.commit(WriteBatch(records: [sample.record]))
                    }
                }
                for groups in [[[4]], [], [[4]], [[4, 5], [4]]] as [[[Int64]]] {
                    for order in [CandidateQuery.Order.newestFirst, .oldestFirst] {
                        let query = CandidateQuery(
                            tenant: .first, type: "Observation", groups: groups, order: order, limit: 11)
                        let found = try await all(query, store)
                        try expect(Set(found.map(\.key)).count == found.count, "no record comes twice")
                        try expect(Set(found.map(\.key)).isSuperset(of: before.map(\.key)), "none is missing")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Sendable private static func frequentTogether(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for start in stride(from: 0, to: 1_200, by: 100) {
                let samples = (start..<start + 100).map { number in
                    let tokens: [Int64] = number == 77 ? [21, 22] : [number.isMultiple(of: 2) ? 21 : 22]
                    return ConformanceSample(number: number, updatedAt: Int64(number), tokens: tokens)
                }
                _ = try await store.commit(WriteBatch(records: samples.map(\.record)))
            }
            let query = CandidateQuery(tenant: .first, type: "Observation", groups: [[21], [22]], limit: 5)
            let found = try await all(query, store)
            try expect(found.contains { $0.key == ConformanceSample(number: 77).key }, "the one with both is found")
        }
    }

    @Sendable private static func content(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let sample = ConformanceSample(number: 3, tokens: [8])
            _ = try await store.commit(WriteBatch(records: [sample.record]))
            for groups in [[], [[8]]] as [[[Int64]]] {
                var query = CandidateQuery(tenant: .first, type: "Observation", groups: groups, limit: 1)
                let plain = try await store.candidates(query).rows.first
                try expect(plain?.sealed == [] && plain?.filter == sample.record.filter, "filter only")
                try expect(plain?.digest == sample.record.digest, "with its digest")
                query.includesContent = true
                try expectSame(try await store.candidates(query).rows.first, sample)
            }
        }
    }
}
