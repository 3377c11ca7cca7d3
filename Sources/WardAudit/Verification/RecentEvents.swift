internal import WardDatabase

/// The ids of the newest entries, so that an entry that was copied shows: its time lets it stand among these only.
///
/// A ring of ids with a table of chains over it, both made once: an entry costs no allocation. How ids fall into
/// chains is secret, so that nobody can make them all fall into one.
struct RecentEvents: Sendable {
    private var ring: [UInt128] = []
    /// The newest place of the ring whose id falls into a chain, and for each place the next older one of its chain; -1
    /// where there is none.
    private var newest: [Int16]
    private var older: [Int16]
    private var next = 0
    private let factors: (UInt64, UInt64)

    /// Ids that are known at once.
    static let bound = 16_384
    private static let chainBits = 15

    /// - Parameter random: 64 unpredictable bits, twice.
    init(random: (UInt64, UInt64) = (.random(in: .min ... .max), .random(in: .min ... .max))) {
        factors = (random.0 | 1, random.1 | 1)
        newest = Array(repeating: -1, count: 1 << Self.chainBits)
        older = Array(repeating: -1, count: Self.bound)
        ring.reserveCapacity(Self.bound)
    }

    /// Takes the id of the next entry.
    /// - Parameter entry: at least a header.
    /// - Returns: false where the id was known already.
    mutating func take(_ entry: UnsafeRawBufferPointer) -> Bool {
        take(id: entry.loadUnaligned(fromByteOffset: EntryHeader.Offset.eventID, as: UInt128.self))
    }

    /// Takes an id.
    /// - Returns: false where it was known already.
    mutating func take(id: UInt128) -> Bool {
        let chain = chain(of: id)
        var place = newest[chain]
        while place >= 0 {
            if ring[Int(place)] == id { return false }
            place = older[Int(place)]
        }
        let free = next
        next = next + 1 == Self.bound ? 0 : next + 1
        if free < ring.count {
            forget(free)
            ring[free] = id
        } else {
            ring.append(id)
        }
        older[free] = newest[chain]
        newest[chain] = Int16(free)
        return true
    }

    /// Takes the oldest id out of its chain, of which it is the last.
    private mutating func forget(_ oldest: Int) {
        let chain = chain(of: ring[oldest])
        var place = Int(newest[chain])
        guard place != oldest else {
            newest[chain] = -1
            return
        }
        while Int(older[place]) != oldest { place = Int(older[place]) }
        older[place] = -1
    }

    private func chain(of id: UInt128) -> Int {
        let mixed = UInt64(truncatingIfNeeded: id) &* factors.0 &+ UInt64(truncatingIfNeeded: id >> 64) &* factors.1
        return Int(mixed >> (64 - UInt64(Self.chainBits)))
    }
}
