extension RecordStoreConformance {
    static var compartments: [Check] {
        [
            Check("nothing is written into a closed compartment", closing),
            Check("withdrawn versions are found no more, and stay", withdrawing),
        ]
    }

    private static func patient(_ number: Int) -> LogicalID { ConformanceSample.id(number / 3) }

    @Sendable private static func closing(_ harness: any RecordStoreHarness) async throws {
        try await withStore(harness) { store in
            try await store.closeCompartment(of: patient(4), tenant: .first)
            try await store.closeCompartment(of: patient(4), tenant: .first)
            try await store.closeCompartment(of: patient(10), tenant: .first)
            let closed = try await store.closedCompartments(tenant: .first)
            try expect(closed == [patient(4), patient(10)], "closed compartments are listed")
        }
        try await withStore(harness) { store in
            let (open, shut) = (ConformanceSample(number: 7), ConformanceSample(number: 4))
            try await expectFailure(.destroyed, "a write into a closed compartment") { () throws(DatabaseError) in
                _ = try await store.commit(WriteBatch(records: [open.record, shut.record]))
            }
            try expect(try await store.newest(open.key) == nil, "the refused batch leaves nothing")
            _ = try await store.commit(WriteBatch(records: [open.record]))
            var foreign = shut
            foreign.tenant = TenantID(rawValue: 9)
            _ = try await store.commit(WriteBatch(records: [foreign.record]))
            let others = try await store.closedCompartments(tenant: TenantID(rawValue: 9))
            try expect(others.isEmpty, "another tenant's compartments stay open")
        }
    }

    @Sendable private static func withdrawing(_ harness: any RecordStoreHarness) async throws {
        let patient = patient(4)
        try await withStore(harness) { store in
            var written: [Int64] = []
            for version in 1...2 as ClosedRange<UInt64> {
                // Numbers 4 and 5 lie in the compartment, 7 lies in another.
                for number in [4, 5, 7] {
                    let sample = ConformanceSample(number: number, version: version, tokens: [3, ConformanceSample.token(number)])
                    written += try await store.commit(WriteBatch(records: [sample.record])).sequences
                }
            }
            let found = try await all(of: patient, store)
            try expect(found == [written[0], written[1], written[3], written[4]], "a walk finds the compartment's versions")
            try await expectFailure(.preconditionFailed, "withdrawing without writing") { () throws(DatabaseError) in
                _ = try await store.commit(WriteBatch(withdrawn: found))
            }
            for number in 20..<90 {
                let more = ConformanceSample(number: number * 3, tokens: [3, ConformanceSample.token(number)])
                _ = try await store.commit(WriteBatch(records: [more.record]))
            }
            let note = ConformanceSample(number: 600, type: "_note")
            _ = try await store.commit(WriteBatch(records: [note.record], withdrawn: found))
            try await expectWithdrawn(store, written)
        }
        try await withStore(harness) { store in
            for number in 100..<190 {
                let more = ConformanceSample(number: number * 3, tokens: [3, ConformanceSample.token(number)])
                _ = try await store.commit(WriteBatch(records: [more.record]))
            }
            let rows = try await store.scan(after: 0, limit: 6).rows
            try await expectWithdrawn(store, rows.map(\.sequence))
        }
    }

    private static func all(of patient: LogicalID, _ store: any RecordStore) async throws -> [Int64] {
        var found: [Int64] = []
        var place: Int64? = 0
        while let after = place {
            let page = try await store.compartment(of: patient, tenant: .first, after: after)
            found += page.sequences
            place = page.next
        }
        return found
    }

    private static func expectWithdrawn(_ store: any RecordStore, _ written: [Int64]) async throws {
        try expect(try await all(of: patient(4), store).isEmpty, "nothing is left to withdraw")
        for number in [4, 5] {
            let query = CandidateQuery(
                tenant: .first, type: "Observation", groups: [[ConformanceSample.token(number)]], limit: 5)
            try expect(try await store.candidates(query).rows.isEmpty, "a withdrawn version is not found by token")
            let row = try await store.newest(ConformanceSample(number: number).key)
            try expect(row?.version == 2 && row?.isCurrent == false && row?.filter == [], "it stays, without filter")
            try expect(row?.sealed == ConformanceSample(number: number, version: 2).record.sealed, "its content stays")
        }
        let every = CandidateQuery(tenant: .first, type: "Observation", groups: [[3]], limit: 500)
        let found = Set(try await all(every, store).map(\.sequence))
        try expect(found.isDisjoint(with: written.prefix(2)) && !found.contains(written[4]), "nor among others")
        try expect(found.contains(written[5]), "what was not withdrawn is found")
        let walk = CandidateQuery(tenant: .first, type: "Observation", groups: [], limit: 500)
        let walked = Set(try await all(walk, store).map(\.sequence))
        try expect(walked.isDisjoint(with: [written[3], written[4]]), "nor without a token")
        try expect(walked.contains(written[5]), "others stay")
    }
}
