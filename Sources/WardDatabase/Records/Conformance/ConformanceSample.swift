/// Records of the conformance suite: made from numbers, so that each check can tell what it must read back.
struct ConformanceSample {
    var number: Int
    var type = "Observation"
    var tenant = TenantID.first
    var version: UInt64 = 1
    var updatedAt: Int64 = 1_000_000
    var isDeleted = false
    var tokens: [Int64] = []

    /// A UUID for even numbers, another FHIR id for odd ones.
    static func id(_ number: Int) -> LogicalID {
        if number.isMultiple(of: 2) {
            var bytes = [UInt8](repeating: 0xA5, count: 16)
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * (7 - index))) }
            return LogicalID(uuid: bytes)
        }
        guard let id = LogicalID("example.\(number)") else { preconditionFailure("the form is a FHIR id") }
        return id
    }

    var key: RecordKey { RecordKey(tenant: tenant, type: type, id: Self.id(number)) }

    var record: NewRecord {
        let seed = UInt8(truncatingIfNeeded: number &* 31 &+ Int(version))
        return NewRecord(
            key: key, patient: number.isMultiple(of: 3) ? nil : Self.id(number / 3), version: version, updatedAt: updatedAt,
            isDeleted: isDeleted, keyVersion: UInt32(number % 7),
            sealed: isDeleted ? [] : [UInt8](repeating: seed, count: 40 + number % 50),
            digest: [UInt8](repeating: seed ^ 0xFF, count: 32), filter: isDeleted ? [] : [seed, 0, seed],
            tokens: isDeleted ? [] : tokens)
    }

    /// Tokens spread over the whole range, the same for the same numbers (SplitMix64).
    static func token(_ number: Int) -> Int64 {
        var value = UInt64(truncatingIfNeeded: number) &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int64(bitPattern: value ^ (value >> 31))
    }

    /// An event whose id and entry follow from `number`.
    static func event(_ number: Int) -> OutboxEvent {
        var bytes = [UInt8](repeating: 0x77, count: 16)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * (7 - index))) }
        guard let id = EventID(bytes) else { preconditionFailure("sixteen bytes") }
        return OutboxEvent(id: id, entry: bytes + [1, 2, 3])
    }
}

extension RecordStoreConformance {
    /// Opens the store, runs `body`, closes the store.
    static func withStore<Value>(
        _ harness: any RecordStoreHarness, _ body: (any RecordStore) async throws -> Value
    ) async throws -> Value {
        let store = try await harness.open()
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// All candidates of a query, page by page.
    static func all(_ query: CandidateQuery, _ store: any RecordStore) async throws -> [StoredRecord] {
        var query = query
        var rows: [StoredRecord] = []
        while true {
            let page = try await store.candidates(query)
            try expect(page.rows.count <= query.limit, "a page holds at most the limit")
            rows += page.rows
            if page.isComplete { return rows }
            guard let last = page.rows.last else {
                throw ConformanceFailure("a page that is not complete holds a row", #fileID, #line)
            }
            query.after = CandidateQuery.Position(updatedAt: last.updatedAt, sequence: last.sequence)
        }
    }

    /// Throws unless `stored` is what `sample` wrote.
    static func expectSame(_ stored: StoredRecord?, _ sample: ConformanceSample, isCurrent: Bool = true) throws {
        guard let stored else { throw ConformanceFailure("a written version is there", #fileID, #line) }
        let record = sample.record
        try expect(stored.key == record.key && stored.patient == record.patient, "key and patient come back")
        try expect(stored.version == record.version && stored.updatedAt == record.updatedAt, "version and time come back")
        try expect(stored.isDeleted == record.isDeleted && stored.isCurrent == isCurrent, "marks come back")
        try expect(stored.keyVersion == record.keyVersion && stored.digest == record.digest, "key and digest come back")
        try expect(stored.sealed == record.sealed && stored.filter == record.filter, "content and filter come back")
    }
}
