internal import Foundation

/// What sealing and hashing cost by themselves, on one core.
enum CryptographyFloor {
    static func measure(into table: inout Table) throws {
        let content = [UInt8](repeating: 0x5A, count: 1_024)
        let (bare, short, block) = (try BareCipher(), [UInt8](repeating: 1, count: 64), [UInt8](repeating: 0x36, count: 64))
        var (sealed, code) = ([UInt8](repeating: 0, count: content.count + 16), [UInt8](repeating: 0, count: 32))
        let sealing = try rate { try bare.seal(content, into: &sealed) }
        let hashing = try rate { bare.authenticate(short, (block, block), into: &code) }
        let digesting = try rate { bare.digest(content, into: &code) }
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
