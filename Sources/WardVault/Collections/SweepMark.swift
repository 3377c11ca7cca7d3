internal import Crypto
internal import FoundationEssentials
public import WardDatabase

/// How far the sealed collections were swept: what a verification must not miss.
///
/// Values of a swept collection are of no use after some time, and are removed for good then. In the same transaction the mark
/// of the collection gets a new version, which is sealed, and of which the audit log tells: so a value that is gone because it
/// was swept is told from one that somebody took away.
public struct SweepMark: Codable, Sendable, Hashable {
    /// The name of the sealed collection of marks.
    public static let collectionName = "_sweep"

    /// The collection that is swept.
    public var collection: String
    /// Values to which nobody wrote after this moment are gone; microseconds since 1970-01-01T00:00:00Z.
    public var through: Int64
    /// The greatest sequence among the versions that went.
    public var sequence: Int64
    /// How many values went so far.
    public var count: Int

    /// A mark; see the properties.
    public init(collection: String, through: Int64, sequence: Int64, count: Int) {
        self.collection = collection
        self.through = through
        self.sequence = sequence
        self.count = count
    }

    /// The id of a collection's mark: the first half of the SHA-256 of its name.
    public static func id(of collection: String) -> LogicalID {
        LogicalID(uuid: Array(SHA256.hash(data: Array(collection.utf8)).prefix(16)))
    }
}

extension Vault {
    /// How far a collection was swept; nil where it never was.
    /// - Throws: ``VaultError``.
    public func sweepMark(of collection: String) async throws(VaultError) -> SweepMark? {
        guard let record = try await newest(SweepMark.collectionName, SweepMark.id(of: collection)) else { return nil }
        guard let mark = try? JSONDecoder().decode(SweepMark.self, from: Data(record.content)), mark.collection == collection else {
            throw VaultError(.notAuthentic, record: record.key, "the mark has another form than this program knows")
        }
        return mark
    }
}
