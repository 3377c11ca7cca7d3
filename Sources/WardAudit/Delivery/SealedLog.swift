public import WardDatabase

/// A log as those read it who bring it elsewhere: entry by entry, each proved under the signed root and opened.
public struct SealedLog: Sendable {
    /// Where it lies.
    public let store: any AuditStore
    let sealer: EntrySealer
    /// Of its checkpoints: Ed25519, 32 bytes.
    public let keys: CheckpointKeys

    /// A log in a store.
    /// - Parameter keys: of its checkpoints.
    public init(store: any AuditStore, sealer: EntrySealer, keys: CheckpointKeys) {
        self.store = store
        self.sealer = sealer
        self.keys = keys
    }

    /// What the log is called: `audit.<deployment>/<log>`.
    var name: String { sealer.origin.prefix }

    /// The position after the last entry that a checkpoint signs.
    func signedEnd() async throws -> Int64 {
        guard let book = try await store.state().books.last else { return 0 }
        guard let head = try await store.head(of: book.year) else { return book.start }
        return book.position(ofLeaf: head.size)
    }

    /// Reads a range in order; `body` returns false to end. An entry whose key is no longer there comes without the
    /// facts that were sealed.
    /// - Returns: how many entries were read that no checkpoint signs yet.
    /// - Throws: ``AuditError`` with `.tampered` where an entry does not lead to the signed root; ``DatabaseError``.
    @discardableResult
    public func scan(_ range: Range<Int64>, _ body: (LogEntry) throws -> Bool) async throws -> Int64 {
        guard !range.isEmpty else { return 0 }
        var reader = try await ProvedReader(store: store, keys: keys)
        try await reader.scan(range) { position, bytes in try body(entry(Array(bytes), at: position)) }
        return reader.unsigned
    }

    /// An entry, opened; one whose key is no longer there comes without the facts that were sealed.
    /// - Throws: ``AuditError`` with `.malformed` where it has no form.
    public func entry(_ bytes: [UInt8], at position: Int64) throws(AuditError) -> LogEntry {
        do throws(AuditError) {
            let (header, event) = try sealer.open(bytes)
            return LogEntry(position: position, header: header, event: event)
        } catch {
            guard error.code == .sealed else { throw error }
            let header = try EntryHeader(parsing: bytes)
            var event = AuditEvent(
                header.kind, by: EventOrigin(tenant: header.tenant, actor: nil), outcome: header.outcome,
                reason: "sealed")
            event.action = header.action
            return LogEntry(position: position, header: header, event: event)
        }
    }
}
