/// What a verification saw of legal holds: the newest that the log tells of each, and what of older versions is missing.
///
/// A hold that somebody took out of the files is a fault until it is back or was placed anew: from then on the newest of it that the
/// log tells lies in the records again, and whoever placed it knew that it was gone. The log tells for good that it was placed twice.
struct SeenHolds: Sendable, Codable, Equatable {
    /// One hold.
    private struct Hold: Codable, Equatable {
        /// The number of the newest event that tells of it, as the outbox counts.
        var newest: UInt64 = 0
        /// Whether the version of that event is there.
        var isThere = false
        /// Versions that are not as the log tells.
        var faults: [RecordFault] = []
    }

    private var holds: [String: Hold] = [:]

    /// Notes a version that the log tells of.
    /// - Parameter fault: why it is not as the log tells; nil where it is.
    mutating func note(_ name: String, number: UInt64, fault: RecordFault?) {
        var hold = holds[name] ?? Hold()
        if number >= hold.newest { (hold.newest, hold.isThere) = (number, fault == nil) }
        if let fault, !hold.faults.contains(fault) { hold.faults.append(fault) }
        holds[name] = hold
    }

    /// Takes what another part of the log told.
    mutating func merge(_ other: SeenHolds) {
        for (name, hold) in other.holds {
            for fault in hold.faults { note(name, number: 0, fault: fault) }
            var merged = holds[name] ?? Hold()
            if hold.newest >= merged.newest { (merged.newest, merged.isThere) = (hold.newest, hold.isThere) }
            holds[name] = merged
        }
    }

    /// What is missing of holds whose newest version is not there either, by the names of the holds.
    var faults: [RecordFault] { holds.filter { !$0.value.isThere }.sorted { $0.key < $1.key }.flatMap(\.value.faults) }
}
