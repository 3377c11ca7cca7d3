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
            for index in 0..<block.count where block.positions[index] < end
                && block[index].count >= EntryHeader.smallestEntry {
                _ = recent.take(UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)]))
            }
        }
    }

    /// Takes note of the newest entries before a position.
    mutating func note(_ store: any AuditStore, before end: Int64) async throws(DatabaseError) {
        var position = max(0, end - Int64(RecentEvents.bound))
        while position < end {
            let block = try await store.entries(
                from: position, limit: Int(min(1_024, end - position)), maximumBytes: 1 << 20)
            guard let last = block.positions.last else { return }
            note(block, before: end)
            position = last + 1
        }
    }

    /// Checks entries that are about to be signed.
    /// - Throws: ``AuditError`` with `.tampered` that names the first entry which has no form, does not open under the
    ///   log's keys, or stands in the log already.
    mutating func check(_ block: EntryBlock, count: Int) throws(AuditError) {
        for index in 0..<count {
            if let fault = fault(in: block, at: index) { throw Self.tampered(block.positions[index], fault) }
        }
    }

    /// Checks an entry whose time is about to open a book: its header is this log's word only where it opens.
    /// - Throws: ``AuditError`` with `.tampered`.
    func requireOpening(_ block: EntryBlock, at index: Int) throws(AuditError) {
        if let fault = formFault(in: block, at: index) { throw Self.tampered(block.positions[index], fault) }
    }

    private static func tampered(_ position: Int64, _ fault: String) -> AuditError {
        AuditError(
            .tampered, "entry \(position), which is not signed yet, \(fault): the log was written to by others")
    }

    private func formFault(in block: EntryBlock, at index: Int) -> String? {
        do throws(AuditError) {
            _ = try sealer.open(Array(block[index]))
            return nil
        } catch {
            return error.code == .malformed ? "has no form" : "does not open under the log's keys"
        }
    }

    /// Why an entry must not be signed; nil where it may.
    mutating func fault(in block: EntryBlock, at index: Int) -> String? {
        if let fault = formFault(in: block, at: index) { return fault }
        return isNew(block[index]) ? nil : "is a copy of an earlier one"
    }

    /// Takes note of an entry, at least a header; false where it was noted before.
    mutating func isNew(_ entry: some Collection<UInt8>) -> Bool {
        entry.withContiguousStorageIfAvailable { recent.take(UnsafeRawBufferPointer($0)) } ?? false
    }
}
