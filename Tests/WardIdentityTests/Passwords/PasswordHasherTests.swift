import Crypto
import Testing

@testable import WardIdentity

@Suite("Password hasher")
struct PasswordHasherTests {
    private func pepper(_ byte: UInt8 = 3, version: UInt32 = 1) -> Pepper {
        Pepper(key: SymmetricKey(data: [UInt8](repeating: byte, count: 32)), version: version)
    }

    private func hasher(_ pepper: Pepper? = nil, _ settings: ScryptSettings = House.quick) -> PasswordHasher {
        PasswordHasher(pepper: pepper ?? self.pepper(), settings: settings)
    }

    @Test("the right password, and no other")
    func verifies() async throws {
        let hasher = hasher()
        let hash = try await hasher.hash("Correct-Horse-7")
        #expect(try await hasher.verify("Correct-Horse-7", against: hash))
        #expect(try await !hasher.verify("correct-horse-7", against: hash))
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await !hasher.verify("Correct-Horse-7 ", against: hash))
        #expect(try await hasher.hash("Correct-Horse-7") != hash, "salted")
    }

    @Test("whatever keyboard made the letters")
    func normalises() async throws {
        let hasher = hasher()
        let hash = try await hasher.hash("Za\u{308}hne-Caf\u{E9}-7")
        #expect(try await hasher.verify("Z\u{E4}hne-Cafe\u{301}-7", against: hash))
    }

    @Test("another pepper opens nothing")
    func peppers() async throws {
        let hash = try await hasher().hash("Correct-Horse-7")
        #expect(try await !hasher(pepper(4)).verify("Correct-Horse-7", against: hash))
        #expect(try await !hasher(pepper(3, version: 2)).verify("Correct-Horse-7", against: hash))
    }

    @Test("every check is one run of scrypt, with and without a hash")
    func equalWork() async throws {
        let hasher = hasher()
        let hash = try await hasher.hash("Correct-Horse-7")
        var runs = hasher.runs
        let cases: [(String, String?)] = [
            ("Correct-Horse-7", hash), ("wrong", hash), ("wrong", nil), ("", nil), ("", hash), ("x", "no hash"),
            (String(repeating: "x", count: 257), hash), (String(repeating: "x", count: 257), nil),
        ]
        for (password, target) in cases {
            _ = try await hasher.verify(password, against: target)
            #expect(hasher.runs == runs + 1)
            runs = hasher.runs
        }
    }

    @Test("256 code points are taken, 257 are not, nor none")
    func lengths() async throws {
        let hasher = hasher()
        let long = String(repeating: "ä", count: 256)
        let hash = try await hasher.hash(long)
        #expect(try await hasher.verify(long, against: hash))
        let longer = try await hasher.hash(long + "ä")
        #expect(try await !hasher.verify(long + "ä", against: longer))
        let empty = try await hasher.hash("")
        #expect(try await !hasher.verify("", against: empty))
    }

    @Test("a hash is outdated when settings rise, never when they fall")
    func outdated() async throws {
        let weak = try await hasher().hash("x")
        let stronger = try #require(ScryptSettings(logarithmOfRounds: 5, blockSize: 1, parallelism: 1))
        let strong = try await hasher(nil, stronger).hash("x")
        #expect(hasher(nil, stronger).isOutdated(weak))
        #expect(!hasher().isOutdated(strong))
        #expect(!hasher().isOutdated(weak))
        #expect(hasher(pepper(3, version: 2)).isOutdated(weak))
    }

    @Test("the standard settings run, and take their memory")
    func standard() async throws {
        let hasher = hasher(nil, .standard)
        let hash = try await hasher.hash("Correct-Horse-7")
        #expect(try await hasher.verify("Correct-Horse-7", against: hash))
    }

    @Test("past the queue's bound it is busy at once, and recovers")
    func bounded() async throws {
        let slow = try #require(ScryptSettings(logarithmOfRounds: 12, blockSize: 8, parallelism: 1))
        let hasher = PasswordHasher(
            pepper: pepper(), settings: slow, limits: .init(concurrentHashes: 1, waitingHashes: 2))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { (try? await hasher.hash("x")) != nil } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true))
        #expect(outcomes.contains(false))
        #expect(hasher.runs == outcomes.count { $0 })
        _ = try await hasher.hash("x")
    }
}
