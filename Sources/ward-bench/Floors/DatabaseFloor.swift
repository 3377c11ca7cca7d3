internal import Foundation
internal import GRDB

/// What durable writing costs by itself: rows of 1 KiB into SQLite with a write-ahead log and `synchronous=FULL`.
enum DatabaseFloor {
    static func measure(in folder: String, into table: inout Table) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let pool = try DatabasePool(path: folder + "/floor.sqlite", configuration: configuration)
        try pool.write { try $0.execute(sql: "CREATE TABLE floor(id INTEGER PRIMARY KEY, bytes BLOB)") }
        for group in [1, 100] {
            let rate = try rate(pool, group: group)
            table.add("floor: SQLite rows of 1 KiB, \(group) per fsync", "\(Int(rate))/s")
        }
        try pool.close()
    }

    private static func rate(_ pool: DatabasePool, group: Int) throws -> Double {
        let bytes = Data(repeating: 0x5A, count: 1_024)
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while clock.now - start < .seconds(2) {
            try pool.write { database in
                let insert = try database.cachedStatement(sql: "INSERT INTO floor(bytes) VALUES(?)")
                for _ in 0..<group { try insert.execute(arguments: [bytes]) }
            }
            count += group
        }
        return Double(count) / ((clock.now - start) / .seconds(1))
    }
}
