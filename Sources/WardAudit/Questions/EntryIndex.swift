internal import Logging
public import ServiceLifecycle
public import WardDatabase

/// Keeps the index over the log: reads the headers of new entries and notes whom and what they are about.
///
/// The index only says where to look: every entry that it leads to is read from the log, opened, checked against the
/// question and proved under the signed root. What an index that was tampered with leaves out, a reading of the whole
/// log finds (`--whole-log`), and ``IndexCheck`` says that it does.
public struct EntryIndex: Service {
    let log: any AuditStore
    let index: any AuditIndexStore
    private let interval: Duration

    /// Entries that are read at once.
    private static let batch = 8_192
    /// Entries that are indexed in one transaction at most: a patient's postings lie together, so the more come at once, the fewer pages
    /// are written for each. That many postings take some megabytes.
    private static let transaction = 131_072

    /// An index of a log; as a service it catches up every `interval`.
    public init(of log: any AuditStore, in index: any AuditIndexStore, interval: Duration = .seconds(1)) {
        self.log = log
        self.index = index
        self.interval = interval
    }

    public func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
            // A question catches up itself and says what fails; here the next round tries again.
            _ = try? await catchUp()
        }
    }

    /// Indexes what the log holds now and returns the position up to which it is indexed.
    /// - Throws: ``DatabaseError``.
    @discardableResult
    public func catchUp() async throws(DatabaseError) -> Int64 {
        var state = try await index.state()
        if try await !isOfThisLog(state) {
            try await index.clear()
            state = .empty
        }
        while true {
            let (postings, next) = try await newPostings(after: state)
            guard next.end > state.end else { return state.end }
            do throws(DatabaseError) {
                try await index.add(postings, from: state, to: next)
                state = next
            } catch {
                guard error.code == .versionConflict else { throw error }
                state = try await index.state()
            }
        }
    }

    /// The postings of the entries that follow, at most those of a transaction, and the state of an index that has them.
    private func newPostings(after state: AuditIndexState) async throws(DatabaseError) -> ([AuditPosting], AuditIndexState) {
        var postings: [AuditPosting] = []
        var next = state
        var count = 0
        while count < Self.transaction {
            let block = try await log.entries(from: next.end, limit: Self.batch, maximumBytes: 4 << 20)
            guard let last = block.positions.last else { break }
            let (found, event) = Self.postings(of: block)
            postings += found
            next = AuditIndexState(end: last + 1, last: event ?? next.last)
            count += block.count
        }
        return (postings, next)
    }

    /// Forgets entries that are no longer in the log.
    func forget(below position: Int64) async throws(DatabaseError) { try await index.forget(below: position) }

    /// Whether the entry before the end of the index is the one that was indexed last.
    func isOfThisLog(_ state: AuditIndexState) async throws(DatabaseError) -> Bool {
        guard state.end > 0 else { return state.end == 0 }
        let block = try await log.entries(from: state.end - 1, limit: 1, maximumBytes: 1)
        guard block.count == 1, block.positions[0] == state.end - 1,
              let header = try? EntryHeader(parsing: block[0]) else { return false }
        return header.eventID == state.last
    }

    static func postings(of block: EntryBlock) -> ([AuditPosting], EventID?) {
        var postings: [AuditPosting] = []
        postings.reserveCapacity(block.count * 2)
        block.bytes.withUnsafeBytes { bytes in
            for index in 0..<block.count {
                let entry = UnsafeRawBufferPointer(rebasing: bytes[block.range(of: index)])
                guard entry.count >= EntryHeader.smallestEntry else { continue }
                for term in terms(of: entry) { postings.append(AuditPosting(term, block.positions[index])) }
            }
        }
        let last = block.count - 1
        return (postings, (try? EntryHeader(parsing: block[last]))?.eventID)
    }

    private static func terms(of entry: UnsafeRawBufferPointer) -> [AuditTerm] {
        let patient = value(entry, EntryHeader.Offset.patient)
        let agent = value(entry, EntryHeader.Offset.agent)
        let kind = EventKind(rawValue: entry[EntryHeader.Offset.kind])
        let outcome = entry[EntryHeader.Offset.outcome]
        var terms: [AuditTerm] = []
        if patient != 0 { terms.append(AuditTerm(.patient, patient)) }
        if agent != 0, kind != .heartbeat { terms.append(AuditTerm(.agent, agent)) }
        if kind.isNotable { terms.append(AuditTerm(.kind, Int64(kind.rawValue))) }
        if outcome != 0 { terms.append(AuditTerm(.outcome, Int64(outcome))) }
        return terms
    }

    private static func value(_ entry: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
        Int64(bigEndian: entry.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }

    /// The value by which a pseudonym is found.
    static func value(ofPseudonym bytes: [UInt8]) -> Int64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension EventKind {
    /// True for what touches health information.
    public var touchesRecords: Bool { (32...47).contains(rawValue) }

    /// True for what is looked for by its kind: everything but everyday reading, writing and heartbeats.
    var isNotable: Bool {
        switch self {
        case .heartbeat, .read, .vread, .history, .search, .create, .update, .delete, .patch, .transaction, .batch,
            .load: false
        default: true
        }
    }
}
