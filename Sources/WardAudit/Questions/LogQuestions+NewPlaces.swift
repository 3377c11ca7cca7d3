internal import WardDatabase

extension LogQuestions {
    /// Who signed in from a network that they had never signed in from; a first sign-in ever is none.
    func newPlaces(_ session: inout QuestionSession) async throws {
        var visits = Visits()
        if session.question.readsWholeLog {
            session.isScan = true
            let time = session.time
            try await session.reader.scan(0..<session.range.upperBound) { position, bytes in
                let header = try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry))
                guard header.kind == .signIn else { return true }
                visits.take(position, try sealer.open(Array(bytes)), in: time)
                return true
            }
        } else {
            let positions = try await index.index.positions(
                of: AuditTerm(.kind, Int64(EventKind.signIn.rawValue)), from: 0, below: session.range.upperBound,
                limit: Self.signInBound)
            if positions.count == Self.signInBound {
                session.notes.append("only the newest \(Self.signInBound) sign-ins were compared")
            }
            for position in positions.reversed() {
                guard let entry = try await session.reader.entry(at: position) else { continue }
                visits.take(position, try open(entry), in: session.time)
            }
        }
        session.findings = visits.findings.reversed()
    }

    /// The networks from which each signed in, and what was new of them.
    private struct Visits {
        private(set) var findings: [AuditAnswer.Finding] = []
        private var seen: [String: Set<String>] = [:]

        mutating func take(_ position: Int64, _ entry: (header: EntryHeader, event: AuditEvent), in time: Range<Int64>) {
            let (header, event) = entry
            guard header.kind == .signIn, let actor = event.origin.actor, let source = event.origin.source,
                  let network = LogQuestions.network(of: source) else { return }
            let isNew = seen[actor.id, default: []].insert(network).inserted
            guard isNew, seen[actor.id]?.count ?? 0 > 1, time.contains(header.time) else { return }
            let who = actor.name ?? actor.id
            findings.append(.init(
                "\(who) signed in from \(source), a network (\(network)) that they had not signed in from", who: who,
                when: LogTime.text(header.time), entries: [position]))
        }
    }

    private static let signInBound = 50_000

    /// The network of an address: its first 24 bits (IPv4) or 48 (IPv6); nil where it is no address.
    public static func network(of source: String) -> String? {
        let parts = source.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4,
            parts.allSatisfy({ UInt8($0) != nil }) { return parts[0..<3].joined(separator: ".") + ".0/24" }
        guard source.contains(":") else { return nil }
        let halves = source.split(separator: "%")[0].components(around: "::")
        let head = halves[0].split(separator: ":").map(String.init)
        let tail = halves.count > 1 ? halves[1].split(separator: ":").map(String.init) : []
        guard head.count + tail.count <= 8, (head + tail).allSatisfy({ UInt16($0, radix: 16) != nil }) else {
            return nil
        }
        let groups = head + Array(repeating: "0", count: halves.count > 1 ? 8 - head.count - tail.count : 0) + tail
        guard groups.count == 8 else { return nil }
        return groups[0..<3].map { String(UInt16($0, radix: 16) ?? 0, radix: 16) }.joined(separator: ":") + "::/48"
    }
}

extension Substring {
    /// The text before and after the first occurrence of a separator; the whole where there is none.
    fileprivate func components(around separator: String) -> [Substring] {
        guard let place = firstRange(of: separator) else { return [self] }
        return [self[..<place.lowerBound], self[place.upperBound...]]
    }
}
