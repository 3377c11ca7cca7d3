internal import Foundation

/// What the tokens of one field show to somebody who counts them and has no key.
///
/// Shares are of occurrences: 0.25 means that a quarter of all values in records is named rightly.
public struct FieldLeak: Sendable, Codable, Equatable {
    /// Resource type.
    public var type: String
    /// Search parameter.
    public var parameter: String
    /// `population` or `compartment`.
    public var family: String
    /// What the terms hold: `code`, `prefix-2`, `month`, …
    public var form: String
    /// How often a record has a value.
    public var occurrences: Int
    /// Different values.
    public var values: Int
    /// Different tokens; more than values where they are split.
    public var tokens: Int
    /// In how many parts the tokens are split: partitions, or patients.
    public var parts: Int
    /// Shannon entropy of the values: what is to be guessed.
    public var entropyBits: Double
    /// How much of that the count of a token tells to somebody who knows how often each token of each value occurs: the
    /// mutual information of value and count.
    public var leakBits: Double
    /// Named rightly by matching counts with the known frequencies of the values by rank, as the index is.
    public var guessed: Double
    /// The same if the tokens were not split.
    public var guessedUnsplit: Double
    /// Named rightly by always saying the commonest value, without any index.
    public var commonest: Double

    /// What guessing by the index adds to guessing without it; the fields that the index protects least have most.
    public var gain: Double { max(0, guessed - commonest) }
}

/// Counts the values of one field, and tells what their tokens show.
///
/// The attack is the one that such an index invites, and the attacker is given more than anybody has: which tokens belong
/// to the field, and the exact frequencies of the values in this very population. Ties are broken by chance; the shares
/// are what that gives on average, computed and not tried.
public struct FieldCounts: Sendable {
    /// For each value, how often it occurs in each part.
    private var counts: [[UInt8]: [UInt32: Int]] = [:]

    /// Nothing counted yet.
    public init() {}

    /// Counts a value of a record that lies in a part.
    public mutating func add(_ value: [UInt8], part: UInt32) {
        counts[value, default: [:]][part, default: 0] += 1
    }

    /// How often a value was counted.
    var occurrences: Int { counts.values.reduce(0) { $0 + $1.values.reduce(0, +) } }
    /// Different values.
    var values: Int { counts.count }
    /// Different tokens: one for each value and part that it occurs in.
    var tokens: Int { counts.values.reduce(0) { $0 + $1.count } }
    /// How often the commonest value occurs.
    var commonest: Int { counts.values.map { $0.values.reduce(0, +) }.max() ?? 0 }
    /// Parts in which anything occurs.
    var parts: Int { Set(counts.values.flatMap(\.keys)).count }

    /// The entropy of the values, in bits.
    var entropyBits: Double {
        let total = Double(occurrences)
        return counts.values.reduce(0) { sum, parts in
            let share = Double(parts.values.reduce(0, +)) / total
            return sum - share * log2(share)
        }
    }

    /// The mutual information of the value of an occurrence and the count of its token, in bits.
    var leakBits: Double {
        // For each count: how many tokens of each value have it.
        var classes: [Int: [[UInt8]: Int]] = [:]
        for (value, parts) in counts { for count in parts.values { classes[count, default: [:]][value, default: 0] += 1 } }
        let total = Double(occurrences)
        var remaining = 0.0
        for (count, holders) in classes {
            let tokens = holders.values.reduce(0, +)
            let share = Double(count * tokens) / total
            for held in holders.values {
                let likely = Double(held) / Double(tokens)
                remaining -= share * likely * log2(likely)
            }
        }
        return max(0, entropyBits - remaining)
    }

    /// The share that matching by rank names rightly where each value has as many tokens as there are `parts`.
    func guessed(parts: Int) -> Double {
        let totals = counts.mapValues { $0.values.reduce(0, +) }
        let expected = Ranks(totals.values.map { ($0, parts) })
        let seen = Ranks(counts.values.flatMap { $0.values.map { ($0, 1) } })
        return share(totals) { total, count in expected.meets(total, seen, count, copies: parts) }
    }

    /// The share that matching by rank would name rightly if each value had one token.
    var guessedUnsplit: Double {
        let totals = counts.mapValues { $0.values.reduce(0, +) }
        let ranks = Ranks(totals.values.map { ($0, 1) })
        let right = totals.values.reduce(0.0) { $0 + Double($1) * ranks.meets($1, ranks, $1, copies: 1) }
        return right / Double(max(1, occurrences))
    }

    private func share(_ totals: [[UInt8]: Int], _ probability: (Int, Int) -> Double) -> Double {
        var right = 0.0
        for (value, parts) in counts {
            for count in parts.values { right += Double(count) * probability(totals[value] ?? 0, count) }
        }
        return right / Double(max(1, occurrences))
    }
}

/// Places in an order by count, commonest first; equal counts share a span of places.
private struct Ranks {
    private var spans: [Int: Range<Int>] = [:]

    /// Counts, each with how often it stands in the order.
    init(_ counts: [(count: Int, copies: Int)]) {
        var sizes: [Int: Int] = [:]
        for (count, copies) in counts { sizes[count, default: 0] += copies }
        var place = 0
        for (count, size) in sizes.sorted(by: { $0.key > $1.key }) {
            spans[count] = place..<place + size
            place += size
        }
    }

    /// How likely something of `count` in `others` lies at one of `copies` places of something of `own` here, where chance
    /// decides among equals.
    func meets(_ own: Int, _ others: Ranks, _ count: Int, copies: Int) -> Double {
        guard let here = spans[own], let there = others.spans[count] else { return 0 }
        let common = here.clamped(to: there).count
        return Double(common) / Double(there.count) * Double(copies) / Double(here.count)
    }
}
