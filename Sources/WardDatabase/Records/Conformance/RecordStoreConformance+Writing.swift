extension RecordStoreConformance {
    static var writing: [Check] {
        [
            Check("a committed batch comes back whole, with a receipt", roundTrip),
            Check("a batch that fails leaves nothing behind", atomicity),
            Check("batches that wait together do not harm each other", isolation),
            Check("a version must follow the newest one", versionConflicts),
            Check("of writers that race for a version one wins", versionRace),
            Check("history is newest first, paged, with every version", history),
            Check("a deletion is the newest version and keeps the past", deletion),
            Check("the same id of other types and tenants is another record", separation),
            Check("scan yields every version by sequence", scan),
        ]
    }

    @Sendable private static func roundTrip(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let samples = (1...20).map { ConformanceSample(number: $0, updatedAt: Int64($0) * -7, tokens: [Int64($0)]) }
            let events = (1...3).map(ConformanceSample.event)
            let receipt = try await store.commit(WriteBatch(records: samples.map(\.record), events: events))
            try expect(receipt.sequences.count == 20, "one sequence a record")
            try expect(receipt.sequences == receipt.sequences.sorted(), "sequences grow in the order of the batch")
            try expect(receipt.events == Set(events.map(\.id)), "the receipt holds the events")
            for sample in samples {
                try expectSame(try await store.newest(sample.key), sample)
                try expectSame(try await store.version(1, of: sample.key), sample)
                try expect(try await store.version(2, of: sample.key) == nil, "no other version is there")
                try expect(try await store.version(0, of: sample.key) == nil, "there is no version 0")
            }
            let asked = [receipt.sequences[5], Int64.max, receipt.sequences[0]]
            let read = try await store.records(asked)
            try expect(read.map(\.sequence) == [asked[0], asked[2]], "records come in the order asked, without the missing")
            try expectSame(read.first, samples[5])
            try expect(try await store.newestSequence() == receipt.sequences.last, "the newest sequence is the last written")
            try expect(try await store.newest(ConformanceSample(number: 99).key) == nil, "a record never written is nil")
            let empty = try await store.commit(WriteBatch())
            try expect(empty.sequences.isEmpty && empty.events.isEmpty, "an empty batch has an empty receipt")
        }
    }

    @Sendable private static func atomicity(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let first = ConformanceSample(number: 1, tokens: [11])
            let wrong = ConformanceSample(number: 2, version: 2)
            try await expectFailure(.versionConflict, "a batch with a wrong version") { () throws(DatabaseError) in
                _ = try await store.commit(
                    WriteBatch(records: [first.record, wrong.record], events: [ConformanceSample.event(1)]))
            }
            try expect(try await store.newest(first.key) == nil, "its other record is not there")
            try expect(try await store.outbox(after: 0, limit: 10).isEmpty, "its event is not there")
            try expect(try await store.newestSequence() == 0, "it wrote no sequence")
            let page = try await store.candidates(
                CandidateQuery(tenant: .first, type: "Observation", groups: [[11]], limit: 10))
            try expect(page.rows.isEmpty && page.isComplete, "its token finds nothing")
            try await expectFailure(.versionConflict, "two versions of a record in one batch") { () throws(DatabaseError) in
                _ = try await store.commit(WriteBatch(
                    records: [first.record, ConformanceSample(number: 1, version: 2).record]))
            }
        }
    }

    @Sendable private static func isolation(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let version: UInt64 = number.isMultiple(of: 4) ? 7 : 1
                        let sample = ConformanceSample(number: number, version: version, tokens: [5, Int64(number)])
                        let batch = WriteBatch(records: [sample.record], events: [ConformanceSample.event(number)])
                        return (number, (try? await store.commit(batch)) != nil)
                    }
                }
                return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
            }
            for number in 0..<200 {
                let expected = !number.isMultiple(of: 4)
                try expect(outcomes[number] == expected, "batch \(number) fails or succeeds by itself")
                let stored = try await store.newest(ConformanceSample(number: number).key)
                try expect((stored != nil) == expected, "what failed is not there, the rest is")
            }
            let rows = try await store.outbox(after: 0, limit: 1_000)
            try expect(rows.map(\.number) == Array(1...150), "the outbox is dense though every fourth batch failed")
            let found = try await all(
                CandidateQuery(tenant: .first, type: "Observation", groups: [[5]], limit: 7), store)
            try expect(found.count == 150, "the index finds what was written and nothing else")
        }
    }

    @Sendable private static func versionConflicts(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for (version, succeeds) in [(2, false), (1, true), (1, false), (3, false), (2, true), (2, false), (3, true)] {
                let sample = ConformanceSample(number: 8, version: UInt64(version), updatedAt: Int64(version))
                if succeeds {
                    _ = try await store.commit(WriteBatch(records: [sample.record]))
                    try expectSame(try await store.newest(sample.key), sample)
                } else {
                    try await expectFailure(.versionConflict, "version \(version)") { () throws(DatabaseError) in
                        _ = try await store.commit(WriteBatch(records: [sample.record]))
                    }
                }
            }
            try await expectFailure(.versionConflict, "version 0") { () throws(DatabaseError) in
                _ = try await store.commit(WriteBatch(records: [ConformanceSample(number: 9, version: 0).record]))
            }
        }
    }

    @Sendable private static func versionRace(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for version in 1...10 as ClosedRange<UInt64> {
                let winners = await withTaskGroup(of: Bool.self) { group in
                    for racer in 0..<8 {
                        group.addTask {
                            let sample = ConformanceSample(number: 4, version: version, updatedAt: Int64(racer))
                            return (try? await store.commit(WriteBatch(records: [sample.record]))) != nil
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                try expect(winners == 1, "one of eight writers of version \(version) wins, not \(winners)")
            }
            let key = ConformanceSample(number: 4).key
            try expect(try await store.history(of: key, before: nil, limit: 100).count == 10, "ten versions remain")
        }
    }

    @Sendable private static func history(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let samples = (1...9).map { ConformanceSample(number: 6, version: $0, updatedAt: Int64($0), tokens: [3]) }
            for sample in samples { _ = try await store.commit(WriteBatch(records: [sample.record])) }
            let key = samples[0].key
            let newest = try await store.history(of: key, before: nil, limit: 4)
            try expect(newest.map(\.version) == [9, 8, 7, 6], "newest first, up to the limit")
            let older = try await store.history(of: key, before: 6, limit: 100)
            try expect(older.map(\.version) == [5, 4, 3, 2, 1], "older than the place asked")
            for stored in newest + older {
                try expectSame(stored, samples[Int(stored.version) - 1], isCurrent: stored.version == 9)
            }
            try expect(try await store.history(of: key, before: 1, limit: 5).isEmpty, "nothing is before version 1")
        }
    }

    @Sendable private static func deletion(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let born = ConformanceSample(number: 10, tokens: [42])
            let gone = ConformanceSample(number: 10, version: 2, isDeleted: true)
            let back = ConformanceSample(number: 10, version: 3, tokens: [42])
            _ = try await store.commit(WriteBatch(records: [born.record]))
            _ = try await store.commit(WriteBatch(records: [gone.record]))
            try expectSame(try await store.newest(born.key), gone)
            try expectSame(try await store.version(1, of: born.key), born, isCurrent: false)
            let query = CandidateQuery(tenant: .first, type: "Observation", groups: [[42]], limit: 5)
            try expect(try await store.candidates(query).rows.isEmpty, "a deleted record is no candidate")
            _ = try await store.commit(WriteBatch(records: [back.record]))
            try expect(try await store.candidates(query).rows.map(\.version) == [3], "brought back, it is one again")
        }
    }

    @Sendable private static func separation(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let others = [
                ConformanceSample(number: 12, tokens: [1]), ConformanceSample(number: 12, type: "Patient", tokens: [1]),
                ConformanceSample(number: 12, tenant: TenantID(rawValue: 9), updatedAt: 5, tokens: [1]),
            ]
            _ = try await store.commit(WriteBatch(records: others.map(\.record)))
            for sample in others {
                try expectSame(try await store.newest(sample.key), sample)
                for groups in [[[1]], []] as [[[Int64]]] {
                    let found = try await store.candidates(
                        CandidateQuery(tenant: sample.tenant, type: sample.type, groups: groups, limit: 5))
                    try expect(found.rows.map(\.key) == [sample.key], "candidates stay in their tenant and type")
                }
            }
        }
    }

    @Sendable private static func scan(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for version in 1...3 as ClosedRange<UInt64> {
                let samples = (0..<10).map {
                    ConformanceSample(number: $0, type: $0 < 5 ? "Patient" : "Observation", version: version)
                }
                _ = try await store.commit(WriteBatch(records: samples.map(\.record)))
            }
            var place: Int64 = 0
            var seen: [StoredRecord] = []
            while case let page = try await store.scan(after: place, limit: 4), let last = page.last {
                seen += page.rows
                try expect(page.damaged.isEmpty && page.rows.last?.sequence == last, "every row can be read")
                place = last
            }
            try expect(try await store.flaws(relayed: 0, types: []) == [], "the store's own tables are as it made them")
            try expect(seen.count == 30, "every version of every record is scanned")
            try expect(seen.map(\.sequence) == seen.map(\.sequence).sorted(), "by sequence")
            for (index, stored) in seen.enumerated() {
                let sample = ConformanceSample(
                    number: index % 10, type: index % 10 < 5 ? "Patient" : "Observation", version: UInt64(index / 10 + 1))
                try expectSame(stored, sample, isCurrent: index >= 20)
            }
        }
    }
}
