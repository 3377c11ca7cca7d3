internal import WardDatabase

/// How far a verification in steps has come, and what it found so far. It can be kept and gone on with by another process.
public struct SweepState: Sendable, Codable, Equatable {
    /// What is looked at, in this order.
    public enum Part: String, Sendable, Codable, CaseIterable {
        /// Every version, and the log as far as it tells of those.
        case records
        /// The rest of the log.
        case log
        /// Every entry of the blind index.
        case index
        /// Every key.
        case keys
        case finished
    }

    /// Where it is.
    public internal(set) var part = Part.records
    /// The newest sequence when it began: later versions are for the next time.
    public let end: Int64
    /// The last sequence that was read.
    public internal(set) var sequence: Int64 = 0
    /// Versions that were read, entries of the log that tell of a write, and faults.
    public internal(set) var versions = 0
    /// Versions among them of shredded patients.
    public internal(set) var shredded = 0
    public internal(set) var events = 0
    public internal(set) var faultCount = 0
    /// At most ``RecordVerifier/faultBound``.
    public internal(set) var faults: [RecordFault] = []
    public internal(set) var unusedKeys: [String] = []
    public internal(set) var unusedKeyCount = 0
    /// Versions of which the log told by entries that have expired.
    public internal(set) var expired = 0
    /// What it cost so far, in versions that were opened; other steps count as so many as they cost.
    public internal(set) var work = 0

    /// The next entry of the log.
    var entry: Int64 = 0
    /// Versions that were read and of which no entry has told yet, and the other way round: `Type/id/version`.
    var untold: Set<String> = []
    var ahead: Set<String> = []
    /// Those of the untold whose entries may have expired.
    var aged: Set<String> = []
    /// Patients who count as shredded, whose shredding two persons ordered, and whose keys the log tells were destroyed.
    var closed: Set<String> = []
    var ordered: Set<String> = []
    var destroyed: Set<String> = []
    /// When shreddings were ordered of which the entries may have expired.
    var orders: [String: Int64] = [:]
    /// Legal holds that the log tells of; absent in a state that an older program wrote.
    var holds: SeenHolds?
    var indexPlace: [Int64]?
    var keyPlace: KeyPlace?

    struct KeyPlace: Sendable, Codable, Equatable {
        var patient: String?
        var version: UInt32
    }

    /// The beginning of a verification.
    public init(end: Int64) { self.end = end }

    /// True if nothing is left to do.
    public var isFinished: Bool { part == .finished }

    mutating func take(_ shredding: SeenShredding) {
        closed.formUnion(shredding.closed.map(\.text))
        ordered.formUnion(shredding.ordered.map(\.text))
        destroyed.formUnion(shredding.destroyed.map(\.text))
        for (patient, time) in shredding.orders { orders[patient.text] = time }
    }

    mutating func take(_ seen: SeenHolds) {
        var holds = holds ?? SeenHolds()
        holds.merge(seen)
        self.holds = holds
    }

    mutating func take(_ report: RecordReport) {
        versions += report.versions
        shredded += report.shredded
        events += report.events
        for fault in report.faults where !faults.contains(fault) {
            faultCount += 1
            if faults.count < RecordVerifier.faultBound { faults.append(fault) }
        }
        unusedKeyCount += report.unusedKeyCount
        unusedKeys += report.unusedKeys.prefix(RecordVerifier.faultBound - unusedKeys.count)
    }
}
