public import WardDatabase
internal import FoundationEssentials

/// Writes a book as the static files of a tiled log, which verifiers of others read: `checkpoint`, `tile/<L>/<N>` and
/// `tile/entries/<N>`, with partial ones at the right edge. Bundles whose entries have expired are left out; their
/// tombstones lie in `expired/<N>`, counted from 0 on.
///
/// Source: C2SP tlog-tiles, height 8.
public struct TileFolder: Sendable {
    private let store: any AuditStore
    private let folder: String

    /// Writes into a folder, which is made where it is missing.
    public init(store: any AuditStore, folder: String) {
        self.store = store
        self.folder = folder
    }

    /// Writes the book of each year up to its newest checkpoint, each in a folder of its own; gives the origins.
    /// - Throws: ``AuditError``: `.unavailable` where the folder cannot be written, `.tampered` where entries or tiles
    ///   are missing; ``DatabaseError``.
    public func write() async throws -> [String] {
        var origins: [String] = []
        for book in try await store.state().books {
            guard let stored = try await store.head(of: book.year) else { continue }
            let head = try SignedCheckpoint(parsing: stored.note)
            let place = "\(folder)/\(book.year)"
            try await writeTiles(of: book, size: head.checkpoint.size, to: place)
            try await writeEntries(of: book, size: head.checkpoint.size, to: place)
            try put(head.note, place + "/checkpoint")
            origins.append(head.checkpoint.origin)
        }
        for (number, note) in try await store.tombstones().enumerated() {
            try put(note, "\(folder)/expired/\(number)")
        }
        return origins
    }

    private func writeTiles(of book: AuditBook, size: Int64, to place: String) async throws {
        for level in 0..<TiledTree.levels(of: size) {
            let hashes = size >> Int64(8 * level)
            var number: Int64 = 0
            while number << 8 < hashes {
                let width = Int(min(256, hashes - number << 8))
                guard let tile = try await store.tiles(of: book.year, level: level, from: number, limit: 1).first,
                      tile.number == number, tile.hashes.count >= width * 32 else {
                    throw AuditError(.tampered, "a tile of the audit log is missing")
                }
                let path = TilePath(level: level, number: number, width: width)
                try put(Array(tile.hashes.prefix(width * 32)), "\(place)/\(path)")
                number += 1
            }
        }
    }

    private func writeEntries(of book: AuditBook, size: Int64, to place: String) async throws {
        let expired = try await store.state().expired
        var number: Int64 = 0
        while number << 8 < size {
            let leaves = number << 8..<min(size, (number + 1) << 8)
            var bundle: [UInt8] = []
            if book.position(ofLeaf: leaves.upperBound) <= expired {
                // Its entries expired; tiles and checkpoints stay, so that proofs hold.
                number += 1
                continue
            }
            if leaves.lowerBound == 0, !book.opening.isEmpty { Self.append(book.opening, to: &bundle) }
            let first = book.position(ofLeaf: max(leaves.lowerBound, book.openingLeaves))
            let end = book.position(ofLeaf: leaves.upperBound)
            var position = first
            while position < end {
                let block = try await store.entries(from: position, limit: Int(end - position), maximumBytes: 1 << 22)
                guard block.positions.first == position, let last = block.positions.last, last < end else {
                    throw AuditError(.tampered, "entries of the audit log are missing")
                }
                for index in 0..<block.count { Self.append(Array(block[index]), to: &bundle) }
                position = last + 1
            }
            try put(bundle, "\(place)/\(TilePath(level: nil, number: number, width: leaves.count))")
            number += 1
        }
    }

    private static func append(_ entry: [UInt8], to bundle: inout [UInt8]) {
        bundle.append(UInt8(truncatingIfNeeded: entry.count >> 8))
        bundle.append(UInt8(truncatingIfNeeded: entry.count))
        bundle += entry
    }

    private func put(_ bytes: [UInt8], _ path: String) throws(AuditError) {
        do {
            let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
            try FileManager.default.createDirectory(
                atPath: String(parent), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw AuditError(.unavailable, "the folder for the tiles cannot be made")
        }
        try DurableFile(path).replace(bytes)
    }
}
