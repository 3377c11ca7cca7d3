/// A bounded table that drops what was not used for longest: a dictionary into slots that are linked in the order of
/// use.
struct RecencyTable {
    /// What is kept for an owner.
    struct Entry {
        /// Nil: the owner has no keys.
        var keys: DataKeySet?
        var expiry: ContinuousClock.Instant
        var uses: UInt64
    }

    private struct Slot {
        var owner: DataKeyOwner
        var entry: Entry
        var newer: Int
        var older: Int
    }

    private let capacity: Int
    private var index: [DataKeyOwner: Int] = [:]
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { index.count }

    /// The entry of an owner, counted as used now.
    mutating func use(_ owner: DataKeyOwner) -> Entry? {
        guard let place = index[owner] else { return nil }
        slots[place].entry.uses &+= 1
        if newest != place {
            unlink(place)
            linkAsNewest(place)
        }
        return slots[place].entry
    }

    /// Sets the entry of an owner; the least recently used goes where the table is full.
    mutating func insert(_ owner: DataKeyOwner, _ entry: Entry) {
        remove(owner)
        if index.count >= capacity, oldest >= 0 { remove(slots[oldest].owner) }
        let slot = Slot(owner: owner, entry: entry, newer: -1, older: -1)
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        index[owner] = place
        linkAsNewest(place)
    }

    /// Forgets an owner; its keys are released at once.
    mutating func remove(_ owner: DataKeyOwner) {
        guard let place = index.removeValue(forKey: owner) else { return }
        unlink(place)
        slots[place].entry.keys = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        slots[place].newer = -1
        slots[place].older = newest
        if newest >= 0 { slots[newest].newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }
}
