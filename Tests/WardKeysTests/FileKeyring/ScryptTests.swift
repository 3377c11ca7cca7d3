import Crypto
import Foundation
import Testing
@testable import WardKeys

/// Source: RFC 7914 §12, all four vectors, by the function that Ward's passphrases go through.
@Suite("scrypt: RFC 7914") struct ScryptTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var passphrase, salt: String
        var n, r, p: Int
        var key: String
        var testDescription: String { "N = \(n), r = \(r), p = \(p)" }
    }

    static let vectors = [
        Vector(passphrase: "", salt: "", n: 16, r: 1, p: 1, key: """
            77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
            fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
            """),
        Vector(passphrase: "password", salt: "NaCl", n: 1_024, r: 8, p: 16, key: """
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
            2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
            """),
        Vector(passphrase: "pleaseletmein", salt: "SodiumChloride", n: 16_384, r: 8, p: 1, key: """
            7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
            d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
            """),
    ]

    /// The fourth, which takes 1 GiB.
    static let largest = Vector(passphrase: "pleaseletmein", salt: "SodiumChloride", n: 1 << 20, r: 8, p: 1, key: """
        2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa47\
        8e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4
        """)

    private func holds(_ vector: Vector) throws -> Bool {
        let key = try FileKeyring.scrypt(
            Array(vector.passphrase.utf8), salt: Array(vector.salt.utf8),
            cost: ScryptCost(unchecked: vector.n, vector.r, vector.p), count: 64)
        return key.withUnsafeBytes { Array($0) } == Hex(vector.key).bytes
    }

    @Test(arguments: vectors) func givesThePublishedResult(_ vector: Vector) throws {
        #expect(try holds(vector))
    }

    /// Memory that is free on this machine, in KiB.
    private static var availableKiB: Int {
        let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") } ?? ""
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test(.enabled(if: availableKiB > 3 << 20, "less than 3 GiB of memory is free: the fourth vector of RFC 7914 takes 1 GiB"))
    func givesThePublishedResultOfOneGibibyte() throws {
        #expect(try holds(Self.largest))
    }

    @Test func boundsWhatAFileMayAskFor() {
        #expect(ScryptCost.standard == ScryptCost(n: 32_768, r: 8, p: 3))
        #expect(ScryptCost(n: 1 << 18, r: 8, p: 1) != nil)
        for (n, r, p) in [(3, 1, 1), (1, 1, 1), (0, 1, 1), (-2, 1, 1), (2, 0, 1), (2, 1, 0), (2, -1, 1), (1 << 21, 1, 1), (2, 33, 1), (2, 1, 17)] {
            #expect(ScryptCost(n: n, r: r, p: p) == nil, "\(n) \(r) \(p)")
        }
        // Each within its own bound, together 4 GiB, 512 MiB, and an hour of work.
        for (n, r, p) in [(1 << 20, 32, 1), (1 << 19, 8, 1), (1 << 18, 8, 16)] {
            #expect(ScryptCost(n: n, r: r, p: p) == nil, "\(n) \(r) \(p)")
        }
    }

    /// A file that asks for 4 GiB is refused before anything is derived, whatever its digest says.
    @Test(arguments: [(1 << 20, 32, 16), (Int.max, 8, 1), (1 << 20, 8, Int.max)])
    func aForgedCostIsRefused(n: Int, r: Int, p: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/root.key"
        _ = try FileKeyring.create(at: path, passphrase: TestKeys.passphrase(), now: TestKeys.now, cost: TestKeys.cheap)
        var file = try RootFile.document.decode(try folder.bytes("root.key"))
        file.scrypt = ScryptCost(unchecked: n, r, p)
        try folder.write(try RootFile.document.encode(file), "root.key")
        #expect(throws: KeyError(.damaged, "root.key asks for more work than a passphrase takes")) {
            try FileKeyring.open(at: path, passphrase: TestKeys.passphrase())
        }
    }
}
