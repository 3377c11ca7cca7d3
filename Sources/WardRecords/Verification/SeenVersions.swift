internal import WardDatabase

/// The versions that a verification has read, with half of each digest: about 60 bytes a version.
struct SeenVersions {
    /// The versions of one record.
    struct Versions {
        let key: RecordKey
        var numbers: Set<UInt64> = []
        /// Versions that count as current: the newest alone, where all is well.
        var current: [UInt64] = []
        /// The first 16 bytes of the digest of each version.
        var digests: [UInt64: SIMD2<UInt64>] = [:]
        /// The patient in whose compartment a version lies; the last that was read.
        var patient: LogicalID?
        /// Versions whose patient was shredded: they cannot be opened, and are current no more.
        var withdrawn: Set<UInt64> = []
        /// Versions that the log tells of.
        var told: Set<UInt64> = []
        /// When versions were written whose entries may have expired, in microseconds since 1970.
        var times: [UInt64: Int64] = [:]

        /// The order of the versions, as it was read page by page.
        var standing: Standing { Standing(numbers: numbers, current: current, withdrawn: withdrawn) }
    }

    /// Whether the versions of a record follow one another, and the newest alone is the current one.
    enum Standing {
        case right
        case versionsMissing(newest: UInt64)
        case wrongCurrent(newest: UInt64)

        init(numbers: Set<UInt64>, current: [UInt64], withdrawn: Set<UInt64>) {
            let newest = numbers.max() ?? 0
            let isWithdrawn = current.isEmpty && withdrawn.contains(newest)
            if numbers.count != Int(clamping: newest) {
                self = .versionsMissing(newest: newest)
            } else if current != [newest], !isWithdrawn {
                self = .wrongCurrent(newest: newest)
            } else {
                self = .right
            }
        }

        init(_ marks: [VersionMark], withdrawn: Set<UInt64>) {
            self.init(
                numbers: Set(marks.map(\.version)), current: marks.filter(\.isCurrent).map(\.version), withdrawn: withdrawn)
        }
    }

    /// How a version of the log compares with what was read.
    enum Comparison {
        case same, different, missing
    }

    private(set) var records: [String: Versions] = [:]
    /// What was seen of patients that were shredded.
    var shredding = SeenShredding()
    /// What was seen of legal holds.
    var holds = SeenHolds()
    /// How far collections were swept, as their marks said when they were looked at last.
    var sweptThrough: [String: Int64] = [:]

    /// Notes that a version cannot be opened because its patient was shredded.
    mutating func withdraw(_ row: StoredRecord) {
        records[row.key.description]?.withdrawn.insert(row.version)
        if let patient = row.patient { shredding.closed.insert(patient) }
    }

    mutating func add(_ row: StoredRecord, digest: [UInt8]) {
        let name = row.key.description
        var versions = records[name] ?? Versions(key: row.key)
        versions.numbers.insert(row.version)
        versions.patient = row.patient
        if row.isCurrent { versions.current.append(row.version) }
        versions.digests[row.version] = Self.half(digest)
        records[name] = versions
    }

    /// Adds the digests of versions that were written while the others were being read; what was read before stays.
    mutating func addLater(_ marks: [VersionMark], of key: RecordKey) {
        guard !marks.isEmpty else { return }
        var versions = records[key.description] ?? Versions(key: key)
        for mark in marks where versions.digests[mark.version] == nil && mark.digest.count >= 16 {
            versions.digests[mark.version] = Self.half(mark.digest)
        }
        records[key.description] = versions
    }

    /// Notes when a version was written that is authentic or can be read by nobody.
    mutating func date(_ row: StoredRecord) { records[row.key.description]?.times[row.version] = row.updatedAt }

    /// Compares; without a version, one whose digest is this is looked for.
    mutating func compare(_ record: String, version: UInt64?, digest: [UInt8]) -> Comparison {
        guard let versions = records[record] else { return .missing }
        let half = Self.half(digest)
        guard let version else {
            guard let found = versions.digests.first(where: { $0.value == half })?.key else { return .missing }
            records[record]?.told.insert(found)
            return .same
        }
        guard let known = versions.digests[version] else { return .missing }
        records[record]?.told.insert(version)
        return known == half ? .same : .different
    }

    /// The digests of all versions, halved.
    var digests: Set<SIMD2<UInt64>> {
        records.values.reduce(into: []) { $0.formUnion($1.digests.values) }
    }

    static func half(_ digest: [UInt8]) -> SIMD2<UInt64> {
        digest.withUnsafeBytes { bytes in
            SIMD2(bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
