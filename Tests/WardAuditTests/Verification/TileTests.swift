import Foundation
import GRDB
import Testing
@testable import WardAudit
import WardDatabase

/// Tiles that are lost or changed are named themselves; no entry is blamed for them.
@Suite struct TileTests {
    private func home() async throws -> Home {
        let home = try Home()
        try await home.fill(2_000, steps: 4)
        return home
    }

    /// Of the two levels of the tree over 2,000 entries: full ones and those at the right edge.
    @Test(arguments: [(0, 0, "tile/0/000"), (0, 3, "tile/0/003"), (0, 7, "tile/0/007.p/208"), (1, 0, "tile/1/000.p/7")])
    func aLostTileIsNamed(level: Int, number: Int, name: String) async throws {
        let home = try await home()
        try home.tamper("DELETE FROM tile WHERE level = ? AND number = ?", [level, number])
        for range in [nil, 0..<2_000] as [Range<Int64>?] {
            let found = try await home.verify(range, anchored: true).faults
            #expect(found.map(\.kind) == [.removed] && found[0].entry == nil && found[0].tile == name, "\(found)")
        }
    }

    @Test func allTilesLostAreNamed() async throws {
        let home = try await home()
        try home.tamper("DELETE FROM tile")
        let found = try await home.verify().faults
        #expect(found.count == 9 && found.allSatisfy { $0.kind == .removed && $0.entry == nil && $0.tile != nil }, "\(found)")
    }

    /// At any of its bytes, or where its last hash is cut off.
    @Test(arguments: [(0, 3, 0), (0, 3, 4_100), (0, 3, 8_191), (0, 3, nil), (1, 0, 0), (1, 0, 223), (1, 0, nil)] as [(Int, Int, Int?)])
    func aChangedTileIsNamed(level: Int, number: Int, place: Int?) async throws {
        let home = try await home()
        var tile = try home.blob("SELECT hashes FROM tile WHERE level = \(level) AND number = \(number)")
        if let place { tile[place] ^= 1 } else { tile.removeLast(32) }
        try home.tamper("UPDATE tile SET hashes = ? WHERE level = ? AND number = ?", [Data(tile), level, number])
        let found = try await home.verify().faults
        #expect(found.map(\.kind) == [.changed] && found.first?.entry == nil, "\(found)")
        #expect(found.first?.tile?.hasPrefix("tile/\(level)/00\(number)") == true)
    }

    /// Behind the hashes that the tree has, in a tile that is full and in those at the edge: questions and proofs fail there.
    @Test(arguments: [(1, 0, 32), (1, 0, 7), (0, 7, 7), (0, 0, 32), (0, 3, 7)])
    func aTileThatGoesOnIsNamed(level: Int, number: Int, bytes: Int) async throws {
        let home = try await home()
        let tile = try home.blob("SELECT hashes FROM tile WHERE level = \(level) AND number = \(number)")
        try home.tamper(
            "UPDATE tile SET hashes = ? WHERE level = ? AND number = ?", [Data(tile + [UInt8](repeating: 0, count: bytes)), level, number])
        let found = try await home.verify(anchored: true).faults
        #expect(found.map(\.kind) == [.changed], "\(found)")
        #expect(found.first?.what.hasPrefix("tile \(number) of level \(level) of 2026") == true)
        #expect(try await home.verify(0..<50).faults.contains { $0.what.hasPrefix("tile \(number) of level \(level)") })
    }

    /// Where the tree ends with a full tile, and another is there that holds no hash.
    @Test(arguments: [0, 31]) func aTileWithoutHashesIsNamed(bytes: Int) async throws {
        let home = try Home()
        try await home.fill(512, steps: 2)
        #expect(try await home.verify(anchored: true).isWhole)
        try home.tamper("INSERT INTO tile SELECT year, 0, 2, ? FROM book", [Data(count: bytes)])
        let found = try await home.verify(anchored: true).faults
        #expect(found.map(\.kind) == [.changed] && found.first?.what.hasPrefix("tile 2 of level 0") == true, "\(found)")
    }

    /// The entries of the lost tile stand in for it, so that the one that is wrong elsewhere still has its name.
    @Test func aLostTileHidesNoChangedEntry() async throws {
        let home = try await home()
        try home.tamper("DELETE FROM tile WHERE level = 0 AND number = 3")
        try home.tamper("UPDATE entry SET bytes = zeroblob(200) WHERE position = 1500")
        let found = try await home.verify().faults
        #expect(found.map(\.kind) == [.changed, .removed] && found[0].entry == 1_500, "\(found)")
        #expect(found.last?.tile == "tile/0/003")
    }

    /// A tile and one of its entries: what was signed there, nobody can tell any more; no entry beyond the log is named.
    @Test func aLostTileWithAChangedEntryIsBounded() async throws {
        let home = try await home()
        try home.tamper("DELETE FROM tile WHERE level = 0 AND number = 3")
        try home.tamper("UPDATE entry SET bytes = zeroblob(200) WHERE position = 800")
        let found = try await home.verify().faults
        #expect(found.contains { $0.tile == "tile/0/003" && $0.kind == .removed }, "\(found)")
        #expect(found.allSatisfy { ($0.through ?? 0) < 2_000 }, "\(found)")
        #expect(found.first?.kind == .changed && found.first?.entry == 768 && found.first?.through == 1_023, "\(found)")
    }

    /// Without any tile of their level, those above still tell which one it was; without these too, the range is all of them.
    @Test func aChangedEntryIsNamedThoughEveryTileOfItsLevelIsLost() async throws {
        let home = try await home()
        try home.tamper("UPDATE entry SET bytes = zeroblob(200) WHERE position = 1300")
        try home.tamper("DELETE FROM tile WHERE level = 0")
        // The checkpoint of 1,000 leaves holds; the tile of 1,280 to 1,535 is another.
        var found = try await home.verify().faults
        #expect(found.first?.kind == .changed && found.first?.entry == 1_280, "\(found)")
        #expect(found.filter { $0.entry == nil }.count == 8, "\(found)")
        try home.tamper("DELETE FROM tile")
        found = try await home.verify().faults
        #expect(found.first?.kind == .changed && found.first?.entry == 1_000 && found.first?.through == 1_999, "\(found)")
    }

    @Test func anEntryThatIsMissingWithItsTileIsNamed() async throws {
        let home = try await home()
        try home.tamper("DELETE FROM tile WHERE level = 0 AND number = 3")
        try home.tamper("DELETE FROM entry WHERE position = 800")
        let found = try await home.verify().faults
        #expect(found.first?.kind == .removed && found.first?.entry == 800, "\(found)")
    }
}
