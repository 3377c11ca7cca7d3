import Foundation
import GRDB
import Testing
import WardAudit
import WardDatabase
import WardKeys
import WardRecords
import WardSQLite
import WardTesting
import WardVault

/// A small home whose record store is copied, forged and read again and again; every table of it holds something.
final class ForgedHome: Sendable {
    /// What a lookup finds.
    struct Thing: Codable, Sendable {
        var name: String
    }

    /// What readers see of a store.
    struct Sight: Equatable {
        var lines: [String] = []
    }

    let home: ShreddingHome
    let opened: ShreddingHome.Opened

    /// Bounds so small that every level of the index is used.
    static var options: RecordStoreOptions {
        var options = RecordStoreOptions()
        (options.recentTokens, options.mergedTokens, options.frequentTokenRecords, options.readers) = (20, 5, 3, 1)
        return options
    }

    init() async throws {
        home = try await ShreddingHome()
        let first = try await home.open(options: Self.options)
        try await home.fill("one", "First", first)
        try await home.fill("two", "Second", first)
        let things = Self.things(first.vault)
        for number in 0..<12 { try await things.put(Self.id(number), Thing(name: "n\(number % 4)"), expecting: nil, events: []) }
        try await things.put(Self.id(0), Thing(name: "n0"), expecting: 1, events: [])
        let gone = try #require(LogicalID("gone"))
        try await first.records.closeCompartment(of: gone, tenant: TenantID(rawValue: 9))
        _ = try await OutboxRelay(from: first.records, to: first.audit).relayAll()
        // The last write waits in the outbox.
        _ = try await home.send("PUT", "Patient/one", first, #"{"resourceType":"Patient","id":"one"}"#)
        await home.close(first)
        try FileManager.default.copyItem(atPath: home.folder.path + "/records.db", toPath: home.folder.path + "/base.db")
        opened = try await home.open(options: Self.options)
    }

    var base: String { home.folder.path + "/base.db" }

    static func id(_ number: Int) -> LogicalID { LogicalID(uuid: [UInt8](repeating: UInt8(number + 1), count: 16)) }

    static func things(_ vault: Vault) -> Collection<Thing> { Collection("_thing", in: vault, lookup: ["name": { $0.name }]) }

    /// A copy with one change; nil where SQLite does not let it be made.
    func forged(_ sql: String) throws -> String? {
        let path = home.folder.path + "/forged-\(UUID().uuidString).db"
        try FileManager.default.copyItem(atPath: base, toPath: path)
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        do {
            let changes = try database.write { connection in
                let before = connection.totalChangesCount
                try connection.execute(sql: sql)
                return connection.totalChangesCount - before
            }
            guard changes > 0 || sql.hasPrefix("DROP") || sql.hasPrefix("CREATE") else { return nil }
        } catch is GRDB.DatabaseError {
            return nil
        }
        return path
    }

    func remove(_ path: String) {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    func vault(_ store: any RecordStore) -> Vault { Vault(store: store, keys: opened.dataKeys) }

    func verifier(_ store: any RecordStore) throws -> RecordVerifier {
        let vault = vault(store)
        return RecordVerifier(
            vault: vault, records: store, log: opened.log,
            entries: EntrySealer(origin: try LogOrigin(deployment: "test"), keys: home.auditKeys),
            collections: [Self.things(vault)], clock: home.clock)
    }

    /// Everything that is read of a store.
    func sight(_ store: any RecordStore) async -> Sight {
        let vault = vault(store)
        var sight = Sight()
        func look(_ what: String, _ body: () async throws -> String) async {
            do { sight.lines.append("\(what): \(try await body())") } catch { sight.lines.append("\(what): \(error)") }
        }
        let things = Self.things(vault)
        for (type, ids) in [("Patient", ["one", "two"]), ("Observation", ["o-one", "o-two"])] {
            await look(type) {
                try await vault.candidates(
                    type: type, tokens: .none, order: .newestFirst, after: nil, limit: 100, includesContent: true
                ).candidates.map { "\($0.key) \($0.version)" }.joined(separator: ",")
            }
            for id in ids.compactMap({ LogicalID($0) }) {
                await look("\(type)/\(id)") {
                    try await vault.history(type, id, before: nil, limit: 10).map { "\($0.version)\($0.digest.prefix(4))" }.joined()
                }
                await look("walk \(id)") { "\(try await store.compartment(of: id, tenant: .first, after: 0).sequences)" }
            }
        }
        for number in 0..<12 {
            await look("thing \(number)") { try await things.get(Self.id(number)).map { "\($0.version) \($0.value.name)" } ?? "none" }
        }
        for name in 0..<4 { await look("find \(name)") { "\(try await things.find("name", "n\(name)").map(\.id).sorted())" } }
        await look("all") { "\(try await things.all(limit: 100).map(\.id))" }
        await look("closed") { "\(try await store.closedCompartments(tenant: .first))" }
        await look("outbox") { "\(try await store.outbox(after: 0, limit: 10).map { "\($0.number)\($0.event.id)\($0.event.entry.count)" })" }
        await look("index") { "\(try await store.indexState())" }
        return sight
    }

    /// Lines that differ, for words of a test.
    static func difference(_ left: Sight, _ right: Sight?) -> String {
        zip(left.lines, right?.lines ?? []).filter { $0.0 != $0.1 }.map { "\($0.0) / \($0.1)" }.joined(separator: "; ")
    }

    /// What a verification finds in a copy, in one go and in steps, and what is read there.
    func looked(_ path: String, inSteps: Bool = true) async throws -> (faults: [RecordFault], stepped: [RecordFault], sight: Sight) {
        let store = try SQLiteRecordStore(readingAt: path, options: Self.options)
        let report = try await verifier(store).verify()
        let sweep = RecordSweep(try verifier(store))
        var state = try await sweep.begin()
        for _ in 0..<1_000 where inSteps && !state.isFinished { state = try await sweep.step(state, rows: 7) }
        #expect(state.isFinished || !inSteps, "a verification in steps comes to its end")
        let sight = await sight(store)
        await store.close()
        return (report.faults, state.faults, sight)
    }

    /// Opens a copy as a server does, writes into it through all levels of the index, and reads it; nil where it does not open.
    func served(_ path: String) async -> Sight? {
        guard let store = try? SQLiteRecordStore(path: path, options: Self.options) else { return nil }
        let before = await sight(store)
        let things = Self.things(vault(store))
        _ = try? await things.put(Self.id(12), Thing(name: "later"), expecting: nil, events: [])
        await store.close()
        return before
    }
}
