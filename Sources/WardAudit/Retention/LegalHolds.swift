internal import WardDatabase

/// The legal holds of a log, as the log itself tells of them: each is an entry when it is put on and when it is lifted,
/// so that nobody lifts one unseen. While a hold is in force, nothing from its time on expires, its own entry among it.
public struct LegalHolds: Sendable {
    /// A hold in force.
    public struct Hold: Sendable, Codable, Equatable {
        /// What the matter is called; never a person's name.
        public var name: String
        /// RFC 3339: entries from then on are held.
        public var from: String
        /// RFC 3339: when it was put on.
        public var since: String

        /// Nothing from this time on may go, in microseconds since 1970; everything is held where the times cannot be
        /// read.
        var time: Int64 {
            guard let from = LogTime.microseconds(from), let since = LogTime.microseconds(since) else { return 0 }
            return min(from, since)
        }
    }

    private let log: SealedLog

    /// The holds of a log.
    public init(of log: SealedLog) {
        self.log = log
    }

    /// The event of a hold that is put on.
    /// - Parameters:
    ///   - name: 1 to 60 letters, digits and `. - _`, such as the number of a matter.
    ///   - from: microseconds since 1970: entries from then on are held.
    /// - Throws: ``AuditError`` with `.malformed` where the name has another form.
    public static func adding(_ name: String, from: Int64, by origin: EventOrigin) throws(AuditError) -> AuditEvent {
        try check(name, "a hold is named")
        return AuditEvent(
            .hold, by: origin, details: [.init("what", "add"), .init("hold", name), .init("from", LogTime.text(from))])
    }

    /// The event of a hold that is lifted.
    /// - Parameter reason: why, in the form of a name, such as `matter-closed` or the number of an order.
    /// - Throws: ``AuditError`` with `.malformed` where the name or the reason has another form.
    public static func lifting(
        _ name: String, because reason: String, by origin: EventOrigin
    ) throws(AuditError) -> AuditEvent {
        try check(name, "a hold is named")
        try check(reason, "the reason is said")
        return AuditEvent(.hold, by: origin, reason: reason, details: [.init("what", "lift"), .init("hold", name)])
    }

    /// The holds in force, in the order in which they were put on. Every entry of the log is read and proved for it.
    /// - Throws: ``AuditError`` with `.tampered` where the log is not what was signed, or `.sealed` where an entry of a
    ///   hold cannot be opened: then nobody knows what is held.
    public func current() async throws -> [Hold] {
        var holds: [Hold] = []
        var reader = try await ProvedReader(store: log.store, keys: log.keys)
        let end = try await log.store.state().nextPosition
        try await reader.scan(0..<end) { _, bytes in
            guard bytes[EntryHeader.Offset.kind] == EventKind.hold.rawValue else { return true }
            let (header, event) = try log.sealer.open(Array(bytes))
            let facts = Dictionary(event.details.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            guard header.outcome == .success, let name = facts["hold"] else { return true }
            let before = holds.first { $0.name == name }
            holds.removeAll { $0.name == name }
            guard facts["what"] == "add" else { return true }
            // Put on again it holds what it held before, and what is added: only a lifting takes anything away.
            let from = facts["from"] ?? LogTime.text(0)
            holds.append(Hold(
                name: name, from: min(before?.from ?? from, from), since: before?.since ?? LogTime.text(header.time)))
            return true
        }
        return holds
    }

    private static func check(_ text: String, _ what: String) throws(AuditError) {
        let isPlain = text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_.".utf8.contains($0)
        }
        guard (1...60).contains(text.utf8.count), isPlain else {
            throw AuditError(
                .malformed,
                "\(what) by 1 to 60 letters, digits and . - _, such as the number of a matter; never by a person")
        }
    }
}
