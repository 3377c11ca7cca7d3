import Testing
@testable import WardSearch

@Suite("What counting tokens shows")
struct FieldLeakTests {
    /// Values by how often they occur in each part.
    private func counts(_ values: [[Int]]) -> FieldCounts {
        var counts = FieldCounts()
        for (number, parts) in values.enumerated() {
            for (part, count) in parts.enumerated() {
                for _ in 0..<count { counts.add([UInt8(number)], part: UInt32(part)) }
            }
        }
        return counts
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-9 }

    @Test("Values that all differ in their counts are all told")
    func distinct() {
        let counts = counts([[8], [4], [2], [1], [1]])
        #expect(isClose(counts.entropyBits, 1.875))
        // The two that occur once are left to a toss: 2 of 16 occurrences, one bit each.
        #expect(isClose(counts.leakBits, 1.875 - 2.0 / 16))
        #expect(isClose(counts.guessedUnsplit, (14.0 + 1) / 16))
    }

    @Test("Values that occur equally often are told by nothing but chance")
    func equal() {
        let counts = counts([[5], [5], [5], [5]])
        #expect(isClose(counts.leakBits, 0))
        #expect(isClose(counts.guessed(parts: 1), 0.25))
        #expect(isClose(counts.guessedUnsplit, 0.25))
    }

    @Test("Splitting hides what counts would tell")
    func split() {
        let whole = counts([[40], [30], [20], [10]])
        let parted = counts([[13, 7, 11, 9], [9, 7, 6, 8], [3, 7, 4, 6], [1, 4, 3, 2]])
        #expect(isClose(whole.guessed(parts: 1), 1))
        #expect(parted.guessed(parts: 4) < 0.8)
        #expect(isClose(parted.guessedUnsplit, 1))
        #expect(isClose(parted.entropyBits, whole.entropyBits))
        #expect(parted.tokens == 16 && parted.occurrences == 100 && parted.parts == 4)
    }

    @Test("Ties between counts of different values are shared out as chance would")
    func ties() {
        // By rank: the expected halves are 3, 3, 1, 1; the tokens 3, 3, 1, 1, of which one 3 and one 1 are the other value's.
        let counts = counts([[3, 3], [1, 1]])
        #expect(isClose(counts.guessed(parts: 2), 1))
        let mixed = self.counts([[4, 2], [2, 0]])
        // Tokens 4, 2, 2; expected 3, 3, 1, 1: the 4 is named rightly, the two of 2 lie on the second and third place.
        #expect(isClose(mixed.guessed(parts: 2), (4 + 2 * 0.5 + 2 * 0.5) / 8))
    }
}
