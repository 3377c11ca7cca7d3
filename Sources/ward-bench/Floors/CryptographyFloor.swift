internal import Crypto
internal import Foundation

/// What sealing and hashing cost by themselves, on one core.
enum CryptographyFloor {
    static func measure(into table: inout Table) throws {
        let content = [UInt8](repeating: 0x5A, count: 1_024)
        let key = SymmetricKey(size: .bits256)
        let sealing = try rate { _ = try AES.GCM.seal(content, using: key) }
        let hashing = try rate { _ = HMAC<SHA256>.authenticationCode(for: content.prefix(64), using: key) }
        let digesting = try rate { _ = SHA256.hash(data: content) }
        table.add("floor: AES-256-GCM seal of 1 KiB, one core", "\(Int(sealing))/s")
        table.add("floor: HMAC-SHA-256 of 64 B, one core", "\(Int(hashing))/s")
        table.add("floor: SHA-256 of 1 KiB, one core", "\(Int(digesting))/s")
    }

    /// How often per second a thing can be done, over half a second.
    private static func rate(_ body: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        while clock.now - start < .milliseconds(500) {
            for _ in 0..<100 { try body() }
            count += 100
        }
        return Double(count) / ((clock.now - start) / .seconds(1))
    }
}
