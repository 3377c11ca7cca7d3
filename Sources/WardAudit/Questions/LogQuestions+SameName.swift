internal import WardDatabase

extension LogQuestions {
    /// Who looked up patients of their own family name, or coworkers.
    ///
    /// The names of patients are compared with the parts of users' names (`ada.lovelace`: ada, lovelace); no answer
    /// repeats one. A part shorter than three letters is not compared.
    func sameName(_ session: inout QuestionSession) async throws {
        session.isScan = true
        let times = session.time
        var isCut = false
        var pairs: [Int64: [Int64: Meetings]] = [:]
        var count = 0
        var met = AgentSightings()
        try await session.reader.scan(session.range) { position, bytes in
            let header = try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry))
            met.take(header, at: position)
            guard times.contains(header.time), header.kind.touchesRecords, header.outcome == .success else {
                return true
            }
            let patient = EntryIndex.value(ofPseudonym: header.patient)
            guard patient != 0 else { return true }
            let agent = EntryIndex.value(ofPseudonym: header.agent)
            if pairs[patient]?[agent] == nil { count += 1 }
            guard pairs.count < Self.patientBound || pairs[patient] != nil, count <= Self.pairBound else {
                isCut = true
                return false
            }
            pairs[patient, default: [:]][agent, default: Meetings()].add(position)
            return true
        }
        if isCut {
            session.notes.append(
                "only the first \(Self.patientBound) patients of the time, or as many as met \(Self.pairBound) times "
                    + "with somebody, were compared; ask for a shorter time")
        }
        let agents = try await Agents(questions: self).all(&session, met: met).filter { $0.value.id != "system" }
        let parts = agents.mapValues { Self.parts(of: $0.name) }
        var ids: [Int64: LogicalID] = [:]
        for (patient, readers) in pairs {
            guard let position = readers.values.first?.entries.first,
                  let entry = try await session.reader.entry(at: position) else { continue }
            ids[patient] = try open(entry).event.patient
        }
        let names = try await names(Array(Set(ids.values)))
        for (patient, readers) in pairs.sorted(by: { ids[$0.key]?.text ?? "" < ids[$1.key]?.text ?? "" }) {
            guard let id = ids[patient], let name = names[id] else { continue }
            let family = Set(name.family.flatMap(Self.parts)), given = Set(name.given.flatMap(Self.parts))
            let coworkers = parts.filter { !$0.value.isDisjoint(with: family)
                && !$0.value.isDisjoint(with: given) }.keys
            for (agent, meetings) in readers.sorted(by: { $0.key < $1.key }) {
                guard let who = agents[agent]?.name,
                      let what = Self.relation(agent, own: parts[agent] ?? [], family, coworkers: Set(coworkers)) else {
                    continue
                }
                session.findings.append(.init(
                    "\(who) reached the record of \(what), \(meetings.count == 1 ? "once" : "\(meetings.count) times")",
                    who: who, patient: "Patient/\(id)", entries: meetings.entries))
            }
        }
    }

    /// How often somebody reached a patient, and the first entries of it, as many as a finding names.
    private struct Meetings {
        var count = 0
        var entries: [Int64] = []

        mutating func add(_ position: Int64) {
            count += 1
            if entries.count < AuditAnswer.Finding.entryBound { entries.append(position) }
        }
    }

    private static let patientBound = 20_000
    /// Pairs of a patient and somebody: what is kept in memory, whatever the log's length.
    private static let pairBound = 200_000

    private static func relation(
        _ agent: Int64, own: Set<String>, _ family: Set<String>, coworkers: Set<Int64>
    ) -> String? {
        if coworkers.contains(agent) { return "a patient of exactly their own name" }
        if !coworkers.isEmpty { return "a patient who has the name of a coworker" }
        return own.isDisjoint(with: family) ? nil : "a patient of their own family name"
    }

    /// The parts of a name that are compared: letters only, three or more, case and accents aside.
    static func parts(of name: String) -> Set<String> {
        var parts: Set<String> = []
        var part = ""
        for character in name.lowercased() + " " {
            if character.isLetter {
                part.append(character)
            } else {
                if part.count >= 3 { parts.insert(part) }
                part = ""
            }
        }
        return parts
    }
}
