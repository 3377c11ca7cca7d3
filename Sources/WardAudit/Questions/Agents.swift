internal import WardDatabase

/// Who acts in the log, as the log itself tells it: so it also knows accounts of the operating system, and what people
/// were called at the time.
///
/// Where the whole log is asked (`--whole-log`), the entries alone say who there is. Else the index says where to look;
/// and whoever a question met in the entries that it read is known whatever the index leaves out.
struct Agents {
    let questions: LogQuestions

    /// Somebody who acts.
    struct Agent {
        var id: String
        var name: String
        var role: String?
    }

    /// Agents that are looked at.
    static let bound = 10_000
    /// Entries of an agent that are looked at for its name: a sign-in that failed names the account only by its id.
    static let tries = 16

    /// Everybody, by the first eight bytes of the pseudonym.
    /// - Parameter met: agents of entries that were read for the question.
    func all(_ session: inout QuestionSession, met: AgentSightings = AgentSightings()) async throws -> [Int64: Agent] {
        let sightings = session.question.readsWholeLog ? try await read(&session) : try await lookedUp(met)
        if sightings.isCut {
            session.notes.append("only \(Self.bound) of those who act in the log were looked at; ask for a shorter time")
        }
        var agents: [Int64: Agent] = [:]
        for (value, positions) in sightings.newest {
            for position in positions.reversed() {
                guard let entry = try await session.reader.entry(at: position) else { continue }
                let (header, event) = try questions.open(entry)
                // Where the index leads to another's entry, that is nobody's name here.
                guard EntryIndex.value(ofPseudonym: header.agent) == value, let actor = event.origin.actor else { continue }
                if agents[value] == nil || actor.name != nil {
                    agents[value] = Agent(id: actor.id, name: actor.name ?? actor.id, role: actor.roles.first)
                }
                if actor.name != nil { break }
            }
        }
        return agents
    }

    /// The ids of those who have a name, letters' case aside, or whose id it is.
    func ids(named name: String, _ session: inout QuestionSession) async throws -> Set<String> {
        let folded = name.lowercased()
        return Set(try await all(&session).values.filter { $0.id == name || $0.name.lowercased() == folded }.map(\.id))
    }

    /// Everybody in the log, found by reading it from end to end.
    private func read(_ session: inout QuestionSession) async throws -> AgentSightings {
        var sightings = AgentSightings()
        try await session.reader.scan(0..<questions.store.state().nextPosition) { position, bytes in
            sightings.take(try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry)), at: position)
            return true
        }
        return sightings
    }

    /// Those who were met, and those whom the index knows.
    private func lookedUp(_ met: AgentSightings) async throws -> AgentSightings {
        var sightings = met
        let index = questions.index.index
        for value in try await index.values(of: .agent, limit: Self.bound) {
            sightings.add(
                try await index.positions(of: AuditTerm(.agent, value), from: 0, below: .max, limit: Self.tries), of: value)
        }
        return sightings
    }
}

/// Where each agent was seen last, at the most ``Agents/tries`` times. Memory grows with agents only, up to
/// ``Agents/bound``.
struct AgentSightings {
    /// Positions in ascending order, by the first eight bytes of the pseudonym.
    private(set) var newest: [Int64: [Int64]] = [:]
    /// True where somebody was left out.
    private(set) var isCut = false

    /// Takes an entry, which stands behind those that were taken.
    mutating func take(_ header: EntryHeader, at position: Int64) {
        let value = EntryIndex.value(ofPseudonym: header.agent)
        guard value != 0, header.kind != .heartbeat, hasRoom(for: value) else { return }
        if newest[value]?.count == Agents.tries { newest[value]?.removeFirst() }
        newest[value, default: []].append(position)
    }

    /// Adds positions of an agent, in any order.
    mutating func add(_ positions: [Int64], of value: Int64) {
        guard hasRoom(for: value) else { return }
        newest[value] = Array(Set(newest[value, default: []] + positions).sorted().suffix(Agents.tries))
    }

    private mutating func hasRoom(for value: Int64) -> Bool {
        if newest.count < Agents.bound || newest[value] != nil { return true }
        isCut = true
        return false
    }
}
