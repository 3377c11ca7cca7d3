extension RecordStoreConformance {
    static var outbox: [Check] {
        [
            Check("outbox numbers are dense over rollbacks, removals and restarts", density),
            Check("whoever waits for the outbox is woken", waiting),
            Check("whoever waits for the outbox ends with its task and with the store", endOfWaiting),
        ]
    }

    @Sendable private static func density(_ harness: any RecordStoreHarness) async throws {
        var next = 1
        for round in 0..<4 {
            try await withStore(harness) { store in
                for _ in 0..<5 {
                    let events = (next..<next + 3).map(ConformanceSample.event)
                    let wrong = ConformanceSample(number: 1, version: 99)
                    try await expectFailure(.versionConflict, "a wrong version") { () throws(DatabaseError) in
                        _ = try await store.commit(WriteBatch(records: [wrong.record], events: events))
                    }
                    _ = try await store.commit(WriteBatch(events: events))
                    next += 3
                }
                let first = Int64(next - 15)
                let rows = try await store.outbox(after: first - 1, limit: 100)
                try expect(rows.map(\.number) == Array(first..<Int64(next)), "round \(round): numbers are dense")
                for row in rows {
                    let event = ConformanceSample.event(Int(row.number))
                    try expect(row.event.id == event.id && row.event.entry == event.entry, "events come back, in order")
                }
                try expect(try await store.outbox(after: first, limit: 2).map(\.number) == [first + 1, first + 2], "limit")
                try await store.removeOutbox(through: Int64(next - 1 - (round % 2)))
                let rest = try await store.outbox(after: 0, limit: 100)
                try expect(rest.count == round % 2, "removed rows are gone, the others stay")
            }
        }
    }

    @Sendable private static func waiting(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            let total = 60
            let seen = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var place: Int64 = 0
                    while place < Int64(total) {
                        try await store.waitForOutbox(after: place)
                        let rows = try await store.outbox(after: place, limit: 7)
                        place = rows.last?.number ?? place
                        try await store.removeOutbox(through: place)
                    }
                    return Int(place)
                }
                for number in 1...total {
                    _ = try await store.commit(WriteBatch(events: [ConformanceSample.event(number)]))
                }
                return try await group.next()
            }
            try expect(seen == total, "every event is seen")
            _ = try await store.commit(WriteBatch(events: [ConformanceSample.event(total + 1)]))
            try await store.waitForOutbox(after: 0)
        }
        try await withStore(harness) { store in
            try await store.waitForOutbox(after: 60)
        }
    }

    @Sendable private static func endOfWaiting(_ harness: any RecordStoreHarness) async throws {
        let store = try await harness.open()
        let cancelled = Task { try await store.waitForOutbox(after: 0) }
        cancelled.cancel()
        _ = await cancelled.result
        let waiting = Task { () -> DatabaseError? in
            do throws(DatabaseError) {
                try await store.waitForOutbox(after: 0)
                return nil
            } catch {
                return error
            }
        }
        try await Task.sleep(for: .milliseconds(20))
        await store.close()
        try expect(await waiting.value?.code == .closed, "closing ends the waiting")
    }
}
