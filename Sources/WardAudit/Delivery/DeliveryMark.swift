public import WardDatabase

/// How far a delivery came: a position, and the event of the entry before it, by which a log that was set back since
/// then shows.
public struct DeliveryMark: Sendable, Hashable {
    /// Every entry below it has arrived.
    public var position: Int64
    /// The event of the last entry that arrived; nil where none did.
    public var event: EventID?
    /// How many runs of expired entries have arrived; only an archive gets them.
    public var runs: Int

    /// A mark; see the properties.
    public init(position: Int64, event: EventID?, runs: Int = 0) {
        self.position = position
        self.event = event
        self.runs = runs
    }

    /// Nothing has arrived.
    public static let start = DeliveryMark(position: 0, event: nil)

    /// Whether the log still holds what was delivered.
    /// - Throws: ``AuditError`` with `.tampered` where it does not: it was set back, or is another log.
    func check(_ store: any AuditStore) async throws {
        guard let event, position > 0 else { return }
        let tampered = AuditError(.tampered, """
            the log does not hold what was delivered of it by the note of that: the log was set back, or somebody changed the note \
            (data/audit-sent-...)
            """)
        guard try await store.state().nextPosition >= position else { throw tampered }
        let block = try await store.entries(from: position - 1, limit: 1, maximumBytes: 1)
        // Where the entry has expired, a later one stands there.
        guard block.count == 1, block.positions[0] == position - 1 else { return }
        guard let header = try? EntryHeader(parsing: block[0]), header.eventID == event else { throw tampered }
    }
}

/// The file of a mark: three lines, and a fourth, `runs N`, where entries expired; replaced in one step.
public struct DeliveryMarkFile: Sendable {
    private let file: DurableFile
    private static let heading = "ward delivery 1"

    /// A mark at a path.
    public init(path: String) {
        file = DurableFile(path)
    }

    /// The mark; the start where there is no file.
    /// - Throws: ``AuditError``: `.unavailable`, `.malformed`.
    public func read() throws(AuditError) -> DeliveryMark {
        guard let bytes = try file.read() else { return .start }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4 || lines.count == 5, lines[0] == Self.heading, lines.last == "",
              let position = Int64(lines[1]), position >= 0,
              let runs = lines.count == 4 ? 0 : lines[3].wholeMatch(of: /runs ([0-9]{1,9})/).flatMap({ Int($0.1) }),
              let id = LogicalID(String(lines[2]))?.uuidBytes, let event = EventID(id) else {
            throw AuditError(.malformed, "the mark of a delivery is damaged; remove it to deliver the log anew")
        }
        return DeliveryMark(position: position, event: event, runs: runs)
    }

    /// Replaces the mark; it is on disk on return.
    /// - Throws: ``AuditError`` with `.unavailable`.
    public func write(_ mark: DeliveryMark) throws(AuditError) {
        guard let event = mark.event else { return }
        let text = "\(Self.heading)\n\(mark.position)\n\(LogicalID(uuid: event.bytes).text)\n"
            + (mark.runs > 0 ? "runs \(mark.runs)\n" : "")
        try file.replace(Array(text.utf8))
    }
}
