extension RecordStoreConformance {
    static var removing: [Check] {
        [
            Check("what is stale is listed oldest first, deletions among it", staleness),
            Check("removed records are gone, and found by nothing", removal),
            Check("a removal that came too late leaves everything as it was", lateRemoval),
        ]
    }

    private static func note(_ number: Int, version: UInt64 = 1, at time: Int64, isDeleted: Bool = false) -> ConformanceSample {
        ConformanceSample(
            number: number * 3, type: "_note", version: version, updatedAt: time, isDeleted: isDeleted,
            tokens: [ConformanceSample.token(number)])
    }

    @Sendable private static func staleness(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let none = try await store.stale("_note", tenant: .first, before: .max, limit: 5)
            try expect(none.isEmpty, "an unknown type has nothing stale")
            for sample in [
                note(1, at: 500), note(2, at: 100), note(2, version: 2, at: 300, isDeleted: true), note(3, at: 200),
                note(3, version: 2, at: 900), note(4, at: 400),
            ] {
                _ = try await store.commit(WriteBatch(records: [sample.record]))
            }
            var foreign = note(5, at: 1)
            foreign.tenant = TenantID(rawValue: 9)
            _ = try await store.commit(WriteBatch(records: [foreign.record]))
            let stale = try await store.stale("_note", tenant: .first, before: 500, limit: 5)
            try expect(stale.map(\.key) == [note(2, at: 0).key, note(4, at: 0).key], "by the newest version's time, oldest first")
            try expect(stale.map(\.version) == [2, 1] && stale.map(\.isDeleted) == [true, false], "newest versions, deletions too")
            try expectSame(stale.last, note(4, at: 400))
            let cut = try await store.stale("_note", tenant: .first, before: .max, limit: 3)
            try expect(cut.map(\.updatedAt) == [300, 400, 500], "a page holds the oldest")
        }
    }

    @Sendable private static func removal(_ harness: any RecordStoreHarness) async throws {
        let gone = [note(1, at: 1).key, note(2, at: 1).key]
        let newest = try await withStore(harness) { store in
            for version in 1...3 as ClosedRange<UInt64> {
                for number in 1...3 { _ = try await store.commit(WriteBatch(records: [note(number, version: version, at: 1).record])) }
            }
            _ = try await store.commit(WriteBatch(records: [note(2, version: 4, at: 1, isDeleted: true).record]))
            for number in 20..<90 { _ = try await store.commit(WriteBatch(records: [note(number, at: 1).record])) }
            try await expectFailure(.preconditionFailed, "removing without writing") { () throws(DatabaseError) in
                _ = try await store.commit(WriteBatch(removed: [.init(gone[0], version: 3)]))
            }
            let marker = ConformanceSample(number: 6_000, type: "_marker")
            let receipt = try await store.commit(
                WriteBatch(records: [marker.record], removed: [.init(gone[0], version: 3), .init(gone[1], version: 4)]))
            try await expectGone(gone, store)
            return receipt.sequences[0]
        }
        try await withStore(harness) { store in
            try await expectGone(gone, store)
            for number in 100..<190 { _ = try await store.commit(WriteBatch(records: [note(number, at: 1).record])) }
            try await expectGone(gone, store)
            let sequence = try await store.commit(WriteBatch(records: [note(1, at: 2).record])).sequences[0]
            try expect(sequence > newest, "no sequence is given twice")
            try expectSame(try await store.newest(gone[0]), note(1, at: 2))
        }
    }

    private static func expectGone(_ keys: [RecordKey], _ store: any RecordStore) async throws {
        for (number, key) in keys.enumerated() {
            try expect(try await store.newest(key) == nil, "it is not there")
            try expect(try await store.marks(of: key).isEmpty, "nor is any version")
            let query = CandidateQuery(
                tenant: .first, type: "_note", groups: [[ConformanceSample.token(number + 1)]], limit: 5)
            try expect(try await store.candidates(query).rows.isEmpty, "it is not found by token")
        }
        let rows = try await store.scan(after: 0, limit: 1_000).rows
        try expect(!rows.contains { keys.contains($0.key) }, "it is not met on a walk")
        let other = CandidateQuery(tenant: .first, type: "_note", groups: [[ConformanceSample.token(3)]], limit: 5)
        try expect(try await store.candidates(other).rows.count == 1, "others are found as before")
    }

    @Sendable private static func lateRemoval(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            for number in 1...2 { _ = try await store.commit(WriteBatch(records: [note(number, at: 1).record])) }
            _ = try await store.commit(WriteBatch(records: [note(2, version: 2, at: 2).record]))
            let marker = ConformanceSample(number: 6_000, type: "_marker")
            try await expectFailure(.versionConflict, "a record that was written meanwhile") { () throws(DatabaseError) in
                _ = try await store.commit(
                    WriteBatch(
                        records: [marker.record],
                        removed: [.init(note(1, at: 1).key, version: 1), .init(note(2, at: 1).key, version: 1)]))
            }
            try await expectFailure(.preconditionFailed, "a record that is written and removed") { () throws(DatabaseError) in
                _ = try await store.commit(
                    WriteBatch(records: [note(1, version: 2, at: 3).record], removed: [.init(note(1, at: 1).key, version: 1)]))
            }
            try expectSame(try await store.newest(note(1, at: 1).key), note(1, at: 1))
            try expect(try await store.newest(note(2, at: 1).key)?.version == 2, "nothing of it went")
            try expect(try await store.newest(marker.key) == nil, "and nothing was written")
        }
    }
}
