import Crypto
import Foundation
import Synchronization
import Testing
import WardTesting
@testable import WardKeys

/// Keys and sources for tests: the same for the same seed.
enum TestKeys {
    static func random(_ seed: UInt64 = 1) -> RandomSource {
        let generator = Mutex(SeededRandom(seed: seed))
        return RandomSource { generator.withLock { $0.next() } }
    }

    /// A source that yields these bytes, once.
    static func source(_ bytes: [UInt8]) -> RandomSource {
        let rest = Mutex(bytes[...])
        return RandomSource {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(8) }
                return rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
        }
    }

    static func key(_ byte: UInt8) -> SymmetricKey { SymmetricKey(data: [UInt8](repeating: byte, count: 32)) }

    static func tenant(
        _ number: UInt32 = 1, partitions: UInt8 = 4, versions: ClosedRange<UInt32> = 1...1
    ) -> TenantKeys {
        var keks: [UInt32: SymmetricKey] = [:]
        for version in versions { keks[version] = key(UInt8(truncatingIfNeeded: version &+ number)) }
        let index = BlindIndexKey(key(0x77), epoch: 1, partitions: partitions)
        return TenantKeys(tenant: number, keks: keks, indexes: [index], random: random())
    }

    /// scrypt as cheap as it gets: tests of files do not test its cost.
    static let cheap = ScryptCost(n: 2, r: 1, p: 1) ?? .standard

    static func passphrase(_ text: String = "correct horse battery") throws -> Passphrase {
        try Passphrase(Array(text.utf8))
    }

    static let now: Int64 = 1_767_225_600_000_000
}

/// A folder that is gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ward-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path + "/" + name))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
