internal import WardDatabase

extension TokenLevels {
    /// Where the merging stands; one row of the database.
    private struct State {
        var nextSlice: Int
        var nextBucket: Int
        var nextRun: Int64
        var runEntries: Int
    }

    private struct Drained: Sendable {
        var slice: Int
        var counts: [Int]
    }

    /// One step of merging, inside the transaction of a commit; what it returns takes the merged entries out of memory.
    ///
    /// It moves at most somewhat more than came in lately (at least some thousand entries), so levels stay within their bounds and no
    /// commit takes long.
    func upkeep(_ connection: Connection) throws(DatabaseError) -> (@Sendable () -> Void)? {
        let added = recent.takeAddedLately()
        var excess = recent.count - bounds.recentTokens
        var state = try read(connection)
        guard excess > 0 || state.runEntries > bounds.mergedTokens else { return nil }
        var drained: [Drained] = []
        var allowed = max(16_384, 2 * added)
        while excess > 0, allowed > 0, drained.count < TokenEntry.sliceCount {
            let slice = try drainSlice(&state, connection)
            let moved = slice.counts.reduce(0, +)
            excess -= moved
            allowed -= moved
            drained.append(slice)
        }
        allowed = max(4_096, added + added / 2)
        while state.runEntries > bounds.mergedTokens, allowed > 0 {
            allowed -= max(32, try drainBucket(&state, connection))
        }
        if !drained.isEmpty { try forget(connection) }
        try write(state, connection)
        return { [recent, drained] in
            for slice in drained { recent.remove(slice: slice.slice, counts: slice.counts) }
        }
    }

    /// Recent to runs: sorts the next slice of the key range and writes one row a bucket.
    private func drainSlice(_ state: inout State, _ connection: Connection) throws(DatabaseError) -> Drained {
        let slice = state.nextSlice
        let through = recent.newest
        let buckets = recent.slice(slice)
        let insert = try connection.statement(tables.insertRun)
        for (offset, entries) in buckets.enumerated() where !entries.isEmpty {
            var entries = entries
            TokenEntry.settle(&entries)
            try moveFrequent(&entries, connection)
            guard !entries.isEmpty else { continue }
            let bucket = Int64(slice * TokenEntry.bucketsInSlice + offset)
            insert.bind(1, bucket << 50 | state.nextRun)
            insert.bind(2, TokenRun.encode(entries[...]))
            try insert.run()
            state.runEntries += entries.count
        }
        let mark = try connection.statement(tables.markSlice)
        mark.bind(1, Int64(slice))
        mark.bind(2, through.sequence)
        mark.bind(3, through.reindexed)
        try mark.run()
        state.nextRun += 1
        state.nextSlice = (slice + 1) % TokenEntry.sliceCount
        return Drained(slice: slice, counts: buckets.map(\.count))
    }

    /// Tokens with many records in this step go to the large level at once, so that no run grows long. Void entries stay: what they
    /// void may still lie in a run.
    private func moveFrequent(_ entries: inout [TokenEntry], _ connection: Connection) throws(DatabaseError) {
        var kept: [TokenEntry] = []
        kept.reserveCapacity(entries.count)
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].token == entries[start].token { end += 1 }
            if end - start > bounds.frequentTokenRecords {
                for entry in entries[start..<end] {
                    if entry.record > 0 { try insert(entry, connection) } else { kept.append(entry) }
                }
            } else {
                kept += entries[start..<end]
            }
            start = end
        }
        entries = kept
    }

    /// Runs to large: moves all runs of the next bucket. Returns the entries moved.
    private func drainBucket(_ state: inout State, _ connection: Connection) throws(DatabaseError) -> Int {
        let bucket = Int64(state.nextBucket)
        state.nextBucket = (state.nextBucket + 1) % TokenEntry.bucketCount
        var entries: [TokenEntry] = []
        let runs = try connection.statement(tables.runsOfBucket)
        runs.bind(1, bucket << 50)
        runs.bind(2, (bucket + 1) << 50)
        try runs.forEachRow { row throws(DatabaseError) in
            row.withBytes(0) { TokenRun.decode($0, into: &entries) }
            return true
        }
        guard !entries.isEmpty else { return 0 }
        let moved = entries.count
        TokenEntry.settle(&entries)
        for entry in entries {
            if entry.record > 0 {
                try insert(entry, connection)
            } else {
                let delete = try connection.statement(tables.deleteLarge)
                delete.bind(1, entry.token)
                delete.bind(2, 0 &- entry.record)
                try delete.run()
            }
        }
        let clear = try connection.statement(tables.clearBucket)
        clear.bind(1, bucket << 50)
        clear.bind(2, (bucket + 1) << 50)
        try clear.run()
        state.runEntries -= moved
        return moved
    }

    private func insert(_ entry: TokenEntry, _ connection: Connection) throws(DatabaseError) {
        let statement = try connection.statement(tables.insertLarge)
        statement.bind(1, entry.token)
        statement.bind(2, entry.record)
        try statement.run()
    }

    /// Deletes some lists of superseded versions whose void entries have all left the recent level.
    private func forget(_ connection: Connection) throws(DatabaseError) {
        let least = try tables.settled(connection, boundary: 0).leastWritten
        var records: [Int64] = []
        let drops = try connection.statement(tables.oldDrops)
        drops.bind(1, least)
        try drops.forEachRow { row throws(DatabaseError) in
            records.append(row.integer(0))
            return true
        }
        for record in records {
            let list = try connection.statement(tables.deleteList)
            list.bind(1, record)
            try list.run()
            let drop = try connection.statement(tables.deleteDrop)
            drop.bind(1, record)
            try drop.run()
        }
    }

    /// Throws where what is noted of the merging is none that this program notes.
    func check(_ connection: Connection) throws(DatabaseError) { _ = try read(connection) }

    private func isSound(_ state: State) -> Bool {
        (0..<TokenEntry.sliceCount).contains(state.nextSlice) && (0..<TokenEntry.bucketCount).contains(state.nextBucket)
            && (1..<1 << 50).contains(state.nextRun) && (0..<1 << 62).contains(state.runEntries)
    }

    private func read(_ connection: Connection) throws(DatabaseError) -> State {
        let found = try connection.statement(tables.state).first { row -> State? in
            (0...3).allSatisfy { row.isInteger($0) }
                ? State(
                    nextSlice: Int(row.integer(0)), nextBucket: Int(row.integer(1)), nextRun: row.integer(2),
                    runEntries: Int(row.integer(3)))
                : nil
        }
        guard let state = found.flatMap({ $0 }), isSound(state) else {
            throw DatabaseError(.corrupt, "\(tables.stateTable): it says nothing that can be; ward verify names it")
        }
        return state
    }

    private func write(_ state: State, _ connection: Connection) throws(DatabaseError) {
        let statement = try connection.statement(tables.setState)
        statement.bind(1, Int64(state.nextSlice))
        statement.bind(2, Int64(state.nextBucket))
        statement.bind(3, state.nextRun)
        // Entries that somebody put there were never counted.
        statement.bind(4, Int64(max(0, state.runEntries)))
        try statement.run()
    }
}
