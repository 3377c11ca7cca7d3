internal import WardDatabase

/// The ids of the newest entries, so that an entry that was copied shows: its time lets it stand among these only.
struct RecentEvents: Sendable {
    private var ring: [UInt128] = []
    private var known: Set<UInt128> = []
    private var next = 0

    /// Ids that are known at once.
    static let bound = 16_384

    /// Takes the id of the next entry.
    /// - Parameter entry: at least a header.
    /// - Returns: false where the id was known already.
    mutating func take(_ entry: UnsafeRawBufferPointer) -> Bool {
        let id = entry.loadUnaligned(fromByteOffset: EntryHeader.Offset.eventID, as: UInt128.self)
        guard known.insert(id).inserted else { return false }
        if ring.count < Self.bound {
            ring.append(id)
        } else {
            known.remove(ring[next])
            ring[next] = id
            next = (next + 1) % Self.bound
        }
        return true
    }
}
