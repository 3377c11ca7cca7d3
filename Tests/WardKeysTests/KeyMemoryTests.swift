import Crypto
import Foundation
import Testing
@testable import WardKeys

/// What is left of a key in the memory of this process once nobody holds it.
@Suite struct KeyMemoryTests {
    /// Looks at memory as the kernel sees it, also where it was given back. It takes no memory itself while it looks: the allocator would
    /// hand out just what it looks for.
    private final class Looker {
        private let memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        private let found = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)

        deinit {
            close(memory)
            found.deallocate()
        }

        /// Whether any eight bytes in a row of the secret stand where it was; the allocator writes into what it takes back.
        func isLeft(_ secret: [UInt8], at address: UInt) -> Bool {
            let count = secret.count
            guard memory >= 0, pread(memory, found.baseAddress, count, off_t(address)) == count else { return false }
            return secret.withUnsafeBytes { secret in
                var place = 0
                while place + 8 <= count {
                    if found.loadUnaligned(fromByteOffset: place, as: UInt64.self) == secret.loadUnaligned(fromByteOffset: place, as: UInt64.self) {
                        return true
                    }
                    place += 8
                }
                return false
            }
        }
    }

    /// Looks for secrets of which `make` tells the bytes and the address, after what it holds was released.
    private static func countLeft(_ make: () throws -> (secret: [UInt8], address: UInt)) rethrows -> Int {
        let looker = Looker()
        var left = 0
        for _ in 0..<200 {
            let (secret, address) = try make()
            if looker.isLeft(secret, at: address) { left += 1 }
        }
        return left
    }

    private static func address(_ bytes: UnsafeRawBufferPointer) -> UInt { UInt(bitPattern: bytes.baseAddress) }

    /// The way of looking sees what is not overwritten.
    @Test func whatIsNotOverwrittenIsSeen() {
        let left = Self.countLeft {
            let plain = RandomSource.system.bytes(64)
            let secret = plain.map { $0 }
            return (secret, plain.withUnsafeBytes(Self.address))
        }
        #expect(left > 0)
    }

    @Test func aDataKeyIsZeroedOnRelease() throws {
        let tenant = TestKeys.tenant()
        let left = try Self.countLeft {
            let made = try TenantKeys.random(tenant)
            return made.symmetricKey.withUnsafeBytes { (Array($0), Self.address($0)) }
        }
        #expect(left == 0)
    }

    @Test func theSubkeyOfAnExtendedKeyIsZeroedOnRelease() {
        let left = Self.countLeft {
            let xaes = XAES(RandomSource.system.key())
            return xaes.subkey.withUnsafeBytes { (Array($0), Self.address($0)) }
        }
        #expect(left == 0)
    }

    @Test func aKeyThatLeavesTheCacheIsZeroed() async throws {
        let owner = DataKeyOwner(tenant: 1, patient: "p")
        let cache = KeyCache()
        var seen: [(secret: [UInt8], address: UInt)] = []
        for _ in 0..<50 {
            let found = try await cache.keys(of: owner) { () throws(KeyError) in
                DataKeySet(owner: owner, keys: [DataKey(RandomSource.system.key(), version: 1, algorithm: .aes256GCM)])
            }
            if let key = found?.newest { seen.append(key.symmetricKey.withUnsafeBytes { (Array($0), Self.address($0)) }) }
            cache.evict(owner)
        }
        #expect(seen.count == 50)
        let looker = Looker()
        #expect(seen.filter { looker.isLeft($0.secret, at: $0.address) }.isEmpty)
    }

    @Test func aPassphraseIsZeroedOnRelease() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/passphrase"
        let left = try Self.countLeft {
            try? FileManager.default.removeItem(atPath: path)
            try Passphrase.random().write(toNewFile: path)
            // Where the file is read into, and where the bytes are lent: both are overwritten.
            var lent: (secret: [UInt8], address: UInt) = ([], 0)
            try Passphrase(file: path).withBytes { bytes throws(KeyError) in
                lent = (bytes.map { $0 }, bytes.withUnsafeBytes(Self.address))
            }
            return lent
        }
        #expect(left == 0)
    }

    /// What was taken over is overwritten where it was, while it still stands there.
    @Test func theSourceOfASecretIsOverwritten() {
        var bytes = RandomSource.system.bytes(64)
        let (secret, address) = (bytes.map { $0 }, bytes.withUnsafeBytes(Self.address))
        let looker = Looker()
        #expect(looker.isLeft(secret, at: address))
        let taken = SecretBytes(taking: &bytes)
        #expect(bytes.isEmpty && taken.count == 64)
        #expect(!looker.isLeft(secret, at: address))
        #expect(taken.withBytes { $0 == secret })
    }
}

extension TenantKeys {
    /// A data key that was made, wrapped and opened again.
    fileprivate static func random(_ tenant: TenantKeys) throws -> DataKey {
        let owner = DataKeyOwner(tenant: 1, patient: "p")
        return try tenant.unwrap(tenant.makeDataKey(owner: owner, version: 1).wrapped)
    }
}
