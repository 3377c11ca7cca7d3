/// What every ``AuditStore`` must do, as a suite that an engine's own tests run on an empty store.
///
/// ```swift
/// @Test func conforms() async throws { #expect(try await AuditStoreConformance(store).failures().isEmpty) }
/// ```
public struct AuditStoreConformance: Sendable {
    private let store: any AuditStore

    /// A suite for one store, which is empty.
    public init(_ store: any AuditStore) { self.store = store }

    /// Runs every check and returns the sentences that do not hold; empty where the store conforms.
    /// - Throws: what the store throws where it should not.
    public func failures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        if try await store.flaws() != [] { failures.append("nothing is in a new store that no server leaves behind") }
        failures += try await emptyFailures()
        failures += try await appendFailures()
        failures += try await relayFailures()
        failures += try await bookFailures()
        failures += try await publishFailures()
        failures += try await nextBookFailures()
        failures += try await asideFailures()
        failures += try await expiryFailures()
        failures += try await concurrencyFailures()
        return failures
    }

    private func entry(_ number: Int, bytes count: Int = 40) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }

    private func refuses(
        _ code: DatabaseError.Code, _ what: String, _ body: () async throws(DatabaseError) -> Void
    ) async -> [String] {
        do throws(DatabaseError) {
            try await body()
            return ["\(what) is refused"]
        } catch {
            return error.code == code ? [] : ["\(what) is refused with \(code.rawValue), not \(error.code.rawValue)"]
        }
    }

    private func emptyFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let state = try await store.state()
        if state != AuditStoreState(nextPosition: 0, books: [],
            cursor: .start) { failures.append("a new store is empty") }
        if try await store.entries(from: 0, limit: 10,
            maximumBytes: 100).count != 0 { failures.append("it has no entries") }
        if try await store.head(of: 2026) != nil { failures.append("it has no head") }
        if try await store.signedYears() != [] { failures.append("it has no signed years") }
        return failures
    }

    private func appendFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let largest = entry(2, bytes: AuditLimits.entryBytes)
        if try await store.append([entry(0), entry(1), largest]) != 0..<3 { failures.append("the first position is 0") }
        if try await store.append([entry(3)]) != 3..<4 { failures.append("positions are dense") }
        failures += await refuses(.tooCostly, "an entry past the bound") { () async throws(DatabaseError) in
            _ = try await store.append([entry(4), entry(5, bytes: AuditLimits.entryBytes + 1)])
        }
        failures += await refuses(.tooCostly, "an empty append") { () async throws(DatabaseError) in
            _ = try await store.append([])
        }
        if try await store.state().nextPosition != 4 { failures.append("what is refused leaves nothing behind") }
        let block = try await store.entries(from: 1, limit: 2, maximumBytes: 1 << 20)
        if block.positions != [1, 2] || Array(block[0]) != entry(1) || Array(block[1]) != largest {
            failures.append("entries come back as they were, from a position on, up to a limit")
        }
        if try await store.entries(from: 2, limit: 9, maximumBytes: 10).positions != [2] {
            failures.append("the bound of bytes ends a block after at least one entry")
        }
        return failures
    }

    private func relayFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let first = OutboxCursor(number: 2, event: EventID([UInt8](repeating: 7, count: 16)))
        if try await store.relay([entry(4), entry(5)], from: .start, to: first) != 4..<6 {
            failures.append("relayed entries get dense positions")
        }
        if try await store.state().cursor != first { failures.append("the cursor moves with the entries") }
        failures += await refuses(.versionConflict, "a relay from an old cursor") { () async throws(DatabaseError) in
            _ = try await store.relay([entry(4), entry(5)], from: .start, to: first)
        }
        failures += await refuses(.versionConflict, "a relay that does not go on") { () async throws(DatabaseError) in
            _ = try await store.relay([entry(6)], from: first, to: first)
        }
        if try await store.state().nextPosition != 6 { failures.append("a refused relay leaves nothing behind") }
        return failures
    }

    private func bookFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let book = AuditBook(year: 2026, start: 0, opening: [])
        failures += await refuses(.versionConflict,
            "a first book that starts later") { () async throws(DatabaseError) in
            try await store.open(AuditBook(year: 2026, start: 3, opening: []), after: nil, size: 0)
        }
        try await store.open(book, after: nil, size: 0)
        failures += await refuses(.versionConflict, "a second first book") { () async throws(DatabaseError) in
            try await store.open(AuditBook(year: 2027, start: 0, opening: []), after: nil, size: 0)
        }
        if try await store.state().books != [book] { failures.append("the first book is there") }
        return failures
    }

    private func step(_ previous: Int64, _ size: Int64, keeps: Bool, tile: [UInt8]) -> TreeExtension {
        TreeExtension(
            year: 2026, previousSize: previous, keepsPrevious: keeps,
            tiles: [
                AuditTile(level: 0, number: 0, hashes: tile), AuditTile(level: 0, number: 5, hashes: [5]),
                AuditTile(level: 1, number: 0, hashes: [0] + tile),
            ],
            checkpoint: StoredCheckpoint(size: size, note: [UInt8(size)]))
    }

    private func publishFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        try await store.publish(step(0, 2, keeps: true, tile: [1, 1]))
        failures += await refuses(.versionConflict, "a step from another head") { () async throws(DatabaseError) in
            try await store.publish(step(0, 5, keeps: true, tile: [9, 9]))
        }
        try await store.publish(step(2, 3, keeps: true, tile: [1, 1, 2]))
        failures += await refuses(.versionConflict, "a step back") { () async throws(DatabaseError) in
            try await store.publish(step(3, 3, keeps: true, tile: [9]))
        }
        try await store.publish(step(3, 6, keeps: false, tile: [1, 1, 2, 3]))
        if try await store.head(of: 2026) != StoredCheckpoint(size: 6,
            note: [6]) { failures.append("the head is the newest") }
        let sizes = try await store.checkpoints(of: 2026, after: 0, limit: 10).map(\.size)
        if sizes != [2, 6] { failures.append("a checkpoint stays unless the step takes its place") }
        if try await store.checkpoints(of: 2026, after: 2, limit: 9).map(\.size) != [6] {
            failures.append("checkpoints come by size, after one")
        }
        if try await store.checkpoints(of: 2026, after: 0, limit: 1).map(\.size) != [2] {
            failures.append("checkpoints are bounded")
        }
        if try await store.tiles(of: 2026, level: 0, from: 0, limit: 9).map(\.hashes) != [[1, 1, 2, 3], [5]] {
            failures.append("a grown tile replaces the one at its place, and tiles come by number")
        }
        if try await store.tiles(of: 2026, level: 0, from: 0, limit: 1).map(\.number) != [0] {
            failures.append("tiles are bounded")
        }
        if try await store.tiles(of: 2026, level: 0, from: 1, limit: 9).map(\.number) != [5] {
            failures.append("tiles come from a number on")
        }
        return failures
    }

    private func nextBookFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let first = AuditBook(year: 2026, start: 0, opening: [])
        let next = AuditBook(year: 2027, start: 6, opening: [6])
        failures += await refuses(.versionConflict, "a book after another head") { () async throws(DatabaseError) in
            try await store.open(next, after: first, size: 3)
        }
        failures += await refuses(.versionConflict, "a book that begins before the head") { () async throws(DatabaseError) in
            try await store.open(AuditBook(year: 2027, start: 3, opening: [6]), after: first, size: 3)
        }
        try await store.open(next, after: first, size: 6)
        if try await store.state().books != [first, next] { failures.append("books come oldest first") }
        if try await store.head(of: 2027) != nil { failures.append("a new book has no head") }
        let (tiles, checkpoints) = (
            try await store.tiles(of: 2027, level: 0, from: 0, limit: 9), try await store.checkpoints(of: 2027, after: 0, limit: 9))
        if !tiles.isEmpty || !checkpoints.isEmpty { failures.append("tiles and checkpoints are of their year") }
        if try await store.signedYears() != [2026] { failures.append("years are signed once they have a checkpoint") }
        return failures
    }

    private func asideFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        let start = try await store.append((0..<4).map { entry($0 + 20) }).lowerBound
        for position in [start - 1, start + 4] {
            failures += await refuses(.versionConflict, "setting aside what is signed or not there") { () async throws(DatabaseError) in
                try await store.setAside([start, position], telling: entry(30))
            }
        }
        if try await store.countAside() != 0 { failures.append("a refused setting aside leaves nothing behind") }
        try await store.setAside([start, start + 2], telling: entry(31))
        let block = try await store.entries(from: start, limit: 9, maximumBytes: 1 << 20)
        if block.positions != [start, start + 1, start + 2] || (0..<3).map({ Array(block[$0]) }) != [entry(21), entry(23), entry(31)] {
            failures.append("what stays is dense again, and what tells of it comes last")
        }
        if try await store.countAside() != 2 { failures.append("what was set aside stays") }
        let aside = try await store.aside(from: .min, limit: 9)
        let due = [
            AsideRow(number: 1, position: start, bytes: entry(20)), AsideRow(number: 2, position: start + 2, bytes: entry(22)),
        ]
        if aside != due { failures.append("what was set aside is given as it was, in its order") }
        let (last, first) = (try await store.aside(from: 2, limit: 9), try await store.aside(from: .min, limit: 1))
        if last != Array(due.dropFirst()) || first != Array(due.prefix(1)) {
            failures.append("what was set aside is given page by page")
        }
        if try await store.strays(after: .min, limit: 9).count != 0 { failures.append("no row stands beyond the last position") }
        if try await store.losses() != [] { failures.append("a new store has lost nothing") }
        try await store.keepLoss([1])
        try await store.keepLoss([2, 3])
        if try await store.losses() != [[1], [2, 3]] { failures.append("what is lost is kept, oldest first") }
        return failures
    }

    private func expiryFailures() async throws(DatabaseError) -> [String] {
        var failures: [String] = []
        failures += await refuses(.versionConflict, "an expiry that begins later") { () async throws(DatabaseError) in
            try await store.expire(1..<2, under: [1])
        }
        failures += await refuses(.versionConflict, "an expiry of everything") { () async throws(DatabaseError) in
            try await store.expire(0..<9, under: [1])
        }
        try await store.expire(0..<2, under: [1])
        try await store.expire(2..<3, under: [2])
        failures += await refuses(.versionConflict, "an expiry a second time") { () async throws(DatabaseError) in
            try await store.expire(0..<3, under: [3])
        }
        if try await store.entries(from: 0, limit: 9, maximumBytes: 1 << 20).positions != [3, 4, 5, 6, 7, 8] {
            failures.append("what expired is gone, and nothing else")
        }
        if try await store.tombstones() != [[1], [2]] { failures.append("tombstones stay, oldest first") }
        let state = try await store.state()
        if state.expired != 3 || state.nextPosition != 9 { failures.append("the state tells how far the log expired") }
        return failures
    }

    private func concurrencyFailures() async throws(DatabaseError) -> [String] {
        let start = try await store.state().nextPosition
        let positions = await withTaskGroup(of: Range<Int64>?.self) { group in
            for task in 0..<64 {
                group.addTask { [store] in try? await store.append([[UInt8]](repeating: [UInt8(task)],
                    count: task % 3 + 1)) }
            }
            var ranges: [Range<Int64>] = []
            for await range in group { if let range { ranges.append(range) } }
            return ranges.flatMap(Array.init).sorted()
        }
        let end = try await store.state().nextPosition
        return positions == Array(start..<end) && positions.count > 64
            ? [] : ["appends at the same time get dense positions"]
    }
}
