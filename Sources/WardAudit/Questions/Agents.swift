internal import WardDatabase

/// Who acts in the log, as the log itself tells it: so it also knows accounts of the operating system, and what people
/// were called at the time.
struct Agents {
    let questions: LogQuestions

    /// Somebody who acts.
    struct Agent {
        var id: String
        var name: String
        var role: String?
    }

    /// Agents that are looked at.
    private static let bound = 10_000
    /// Entries of an agent that are looked at for its name: a sign-in that failed names the account only by its id.
    private static let tries = 16

    /// Everybody, by the first eight bytes of the pseudonym.
    func all(_ reader: inout ProvedReader) async throws -> [Int64: Agent] {
        var agents: [Int64: Agent] = [:]
        for value in try await questions.index.index.values(of: .agent, limit: Self.bound) {
            let positions = try await questions.index.index.positions(
                of: AuditTerm(.agent, value), from: 0, below: .max, limit: Self.tries)
            for position in positions {
                guard let entry = try await reader.entry(at: position) else { continue }
                guard let actor = try questions.open(entry).event.origin.actor else { continue }
                if agents[value] == nil || actor.name != nil {
                    agents[value] = Agent(id: actor.id, name: actor.name ?? actor.id, role: actor.roles.first)
                }
                if actor.name != nil { break }
            }
        }
        return agents
    }

    /// The ids of those who have a name, letters' case aside, or whose id it is.
    func ids(named name: String, _ reader: inout ProvedReader) async throws -> Set<String> {
        let folded = name.lowercased()
        return Set(try await all(&reader).values.filter { $0.id == name || $0.name.lowercased() == folded }.map(\.id))
    }
}
