extension RecordStoreConformance {
    static var indexing: [Check] {
        [
            Check("tokens stay findable through every level and restart", levels),
            Check("tokens of superseded and deleted versions find nothing, ever after", superseded),
            Check("what is read after a commit holds it, also in the midst of merging", readYourWrites),
            Check("times and data keys of versions are found in order", spans),
            Check("the marks of a record are its versions, and an honest index holds no strays", verification),
        ]
    }

    private static func tokens(_ number: Int, _ version: Int) -> [Int64] {
        [1, Int64.min, Int64.max, -Int64(number % 5)]
            + (0..<8).map { ConformanceSample.token(number * 1_000 + version * 100 + $0) }
    }

    @Sendable private static func verification(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for round in 1...4 {
                for start in stride(from: 0, to: 200, by: 20) {
                    let samples = (start..<start + 20).map { number in
                        ConformanceSample(
                            number: number, version: UInt64(round), isDeleted: round == 4 && number < 20,
                            tokens: tokens(number, round))
                    }
                    _ = try await store.commit(WriteBatch(records: samples.map(\.record)))
                }
                var place: IndexPlace?
                var pages = 0
                repeat {
                    let page = try await store.strays(from: place, limit: 100)
                    try expect(page.strays.isEmpty, "round \(round): every entry is of a version that has the token")
                    place = page.next
                    pages += 1
                } while place != nil && pages < 10_000
                try expect(place == nil, "round \(round): the walk through the index ends")
            }
            let marks = try await store.marks(of: ConformanceSample(number: 30).key)
            try expect(marks.map(\.version) == [1, 2, 3, 4], "every version is marked, oldest first")
            try expect(marks.map(\.isCurrent) == [false, false, false, true], "the newest alone is current")
            let written = ConformanceSample(number: 30, version: 2).record.digest
            try expect(marks[1].digest == written, "a mark has the digest of its version")
            let none = try await store.marks(of: ConformanceSample(number: 999).key)
            try expect(none.isEmpty, "what is not there has no marks")
            let newest = try await store.newest(ConformanceSample(number: 30).key)
            let sequence = newest?.sequence ?? 0
            let held = try await store.tokens(of: [sequence, Int64.max, sequence])
            let own = Set(tokens(30, 4))
            try expect(held.map { Set($0) } == [own, [], own], "tokens come in the order asked")
        }
    }

    @Sendable private static func spans(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            var sequences: [Int64] = []
            for number in 0..<30 {
                let sample = ConformanceSample(number: number, updatedAt: Int64(number) * 10)
                sequences += try await store.commit(WriteBatch(records: [sample.record])).sequences
            }
            var foreign = ConformanceSample(number: 100)
            foreign.tenant = TenantID(rawValue: 9)
            _ = try await store.commit(WriteBatch(records: [foreign.record]))
            for (time, number) in [(-5, 0), (0, 0), (95, 10), (290, 29)] as [(Int64, Int)] {
                let found = try await store.firstSequence(since: time)
                try expect(found == sequences[number], "the first version at or after a time is found")
            }
            let late = try await store.firstSequence(since: 1_000_001)
            try expect(late == nil, "there is none after the last")
            var uses: Set<KeyUse> = []
            var place: Int64? = 0
            while let after = place {
                let page = try await store.keyUses(tenant: .first, after: after, limit: 7)
                uses.formUnion(page.uses)
                place = page.next
            }
            let written = (0..<30).map { ConformanceSample(number: $0).record }
            try expect(
                uses == Set(written.map { KeyUse(patient: $0.patient, version: $0.keyVersion) }),
                "the keys of all versions of the tenant are named, and no others")
        }
    }

    @Sendable private static func levels(_ harness: any RecordStoreHarness) async throws {
        var sequences: [Int64] = []
        for round in 0..<4 {
            try await withStore(harness) { store in
                for start in stride(from: round * 250, to: (round + 1) * 250, by: 10) {
                    let samples = (start..<start + 10).map { ConformanceSample(number: $0, tokens: tokens($0, 1)) }
                    sequences += try await store.commit(WriteBatch(records: samples.map(\.record))).sequences
                }
                for number in stride(from: 0, to: sequences.count, by: 7) {
                    let held = try await store.tokens(of: sequences[number])
                    try expect(Set(held) == Set(tokens(number, 1)), "round \(round): version \(number) keeps its tokens")
                    let query = CandidateQuery(
                        tenant: .first, type: "Observation", groups: [[tokens(number, 1)[6]], [1]], limit: 5)
                    let found = try await store.candidates(query).rows.map(\.sequence)
                    try expect(found == [sequences[number]], "round \(round): its token finds it and nothing else")
                }
                let common = CandidateQuery(tenant: .first, type: "Observation", groups: [[Int64.min]], limit: 100)
                try expect(try await all(common, store).count == sequences.count, "a token of all finds all")
            }
        }
    }

    @Sendable private static func superseded(_ harness: any RecordStoreHarness) async throws {
        for round in 1...3 {
            try await withStore(harness) { store in
                for start in stride(from: 0, to: 200, by: 10) {
                    let samples = (start..<start + 10).map { number in
                        ConformanceSample(
                            number: number, version: UInt64(round), isDeleted: round == 3 && number < 50,
                            tokens: tokens(number, round))
                    }
                    _ = try await store.commit(WriteBatch(records: samples.map(\.record)))
                }
                for number in stride(from: 0, to: 200, by: 3) {
                    for version in 1...round {
                        let query = CandidateQuery(
                            tenant: .first, type: "Observation", groups: [[tokens(number, version)[7]]], limit: 5)
                        let found = try await store.candidates(query).rows.map(\.version)
                        let isFound = version == round && !(round == 3 && number < 50)
                        try expect(found == (isFound ? [UInt64(version)] : []), "version \(version) in round \(round)")
                    }
                    let key = ConformanceSample(number: number).key
                    let versions = try await store.history(of: key, before: nil, limit: 10)
                    for old in versions.dropFirst() {
                        try expect(try await store.tokens(of: old.sequence).isEmpty, "a superseded version has no tokens")
                    }
                }
            }
        }
    }

    @Sendable private static func readYourWrites(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for step in 0..<100 {
                            let number = worker * 1_000 + step
                            let sample = ConformanceSample(number: number, tokens: tokens(number, 1))
                            _ = try await store.commit(WriteBatch(records: [sample.record]))
                            let query = CandidateQuery(
                                tenant: .first, type: "Observation", groups: [[tokens(number, 1)[5]]], limit: 2)
                            let found = try await store.candidates(query).rows.map(\.key)
                            try expect(found == [sample.key], "its token finds it at once")
                            try expect(try await store.newest(sample.key) != nil, "its id finds it at once")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
