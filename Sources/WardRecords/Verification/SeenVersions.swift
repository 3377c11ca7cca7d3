internal import WardDatabase

/// The versions that a verification has read, with half of each digest: about 60 bytes a version.
struct SeenVersions {
    /// The versions of one record.
    struct Versions {
        var numbers: Set<UInt64> = []
        /// Versions that count as current: the newest alone, where all is well.
        var current: [UInt64] = []
        /// The first 16 bytes of the digest of each version.
        var digests: [UInt64: SIMD2<UInt64>] = [:]
        /// Versions that the log tells of.
        var told: Set<UInt64> = []
    }

    /// How a version of the log compares with what was read.
    enum Comparison {
        case same, different, missing
    }

    private(set) var records: [String: Versions] = [:]

    mutating func add(_ row: StoredRecord, digest: [UInt8]) {
        var versions = records[row.key.description] ?? Versions()
        versions.numbers.insert(row.version)
        if row.isCurrent { versions.current.append(row.version) }
        versions.digests[row.version] = Self.half(digest)
        records[row.key.description] = versions
    }

    /// Compares; without a version, one whose digest is this is looked for.
    mutating func compare(_ record: String, version: UInt64?, digest: [UInt8]) -> Comparison {
        guard let versions = records[record] else { return .missing }
        let half = Self.half(digest)
        guard let version else {
            guard let found = versions.digests.first(where: { $0.value == half })?.key else { return .different }
            records[record]?.told.insert(found)
            return .same
        }
        guard let known = versions.digests[version] else { return .missing }
        records[record]?.told.insert(version)
        return known == half ? .same : .different
    }

    private static func half(_ digest: [UInt8]) -> SIMD2<UInt64> {
        digest.withUnsafeBytes { bytes in
            SIMD2(bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
