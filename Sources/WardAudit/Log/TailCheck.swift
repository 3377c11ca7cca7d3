internal import WardDatabase

/// Lets nothing be signed that this log did not write: what lies behind the newest checkpoint is as yet held by nothing
/// but the seal of each entry.
struct TailCheck: Sendable {
    private let sealer: EntrySealer
    private var recent = RecentEvents()

    init(sealer: EntrySealer) {
        self.sealer = sealer
    }

    /// Takes note of entries that are signed, those before a position, so that a copy of one of them shows.
    mutating func note(_ block: EntryBlock, before end: Int64) {
        block.bytes.withUnsafeBytes { bytes in
            for index in 0..<block.count where block.positions[index] < end && block[index].count >= EntryHeader.smallestEntry {
                _ = recent.take(UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)]))
            }
        }
    }

    /// Checks entries that are about to be signed.
    /// - Throws: ``AuditError`` with `.tampered` that names the first entry which has no form, does not open under the
    ///   log's keys, or stands in the log already.
    mutating func check(_ block: EntryBlock, count: Int) throws(AuditError) {
        for index in 0..<count {
            let position = block.positions[index]
            do throws(AuditError) {
                _ = try sealer.open(Array(block[index]))
            } catch {
                throw Self.tampered(position, error.code == .malformed ? "has no form" : "does not open under the log's keys")
            }
            let isNew = block.bytes.withUnsafeBytes {
                recent.take(UnsafeRawBufferPointer(rebasing: $0[block.range(of: index)]))
            }
            guard isNew else { throw Self.tampered(position, "is a copy of an earlier one") }
        }
    }

    private static func tampered(_ position: Int64, _ what: String) -> AuditError {
        AuditError(.tampered, "entry \(position), which is not signed yet, \(what): the log was written to by others")
    }
}
