internal import WardDatabase

extension LogQuestions {
    /// Who reached the records of unusually many patients on a day: more than any usual day of their role.
    ///
    /// A usual day is the median of all days on which somebody of the role reached any patient; how far days lie from
    /// it, the median of the distances. Both withstand the outliers that are looked for. What is more than six such
    /// distances (scaled by 1.4826 to a standard deviation), more than three times the median and more than twenty is
    /// unusual.
    func unusual(_ session: inout QuestionSession) async throws {
        session.isScan = true
        let day: Int64 = 86_400_000_000
        let first = session.time.lowerBound == .min ? .min : session.time.lowerBound - Self.baselineDays * day
        var patients: [DayOfAgent: [Int64: Int64]] = [:]
        let times = first..<session.time.upperBound
        var met = AgentSightings()
        try await session.reader.scan(try await positions(of: times)) { position, bytes in
            let header = try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry))
            met.take(header, at: position)
            guard times.contains(header.time), header.kind.touchesRecords, header.outcome == .success else {
                return true
            }
            let patient = EntryIndex.value(ofPseudonym: header.patient)
            guard patient != 0 else { return true }
            let key = DayOfAgent(day: header.time / day, agent: EntryIndex.value(ofPseudonym: header.agent))
            patients[key, default: [:]][patient] = position
            return true
        }
        let agents = try await Agents(questions: self).all(&session, met: met)
        var counts: [String: [(DayOfAgent, Int)]] = [:]
        for (key, found) in patients {
            guard let agent = agents[key.agent], agent.id != "system" else { continue }
            counts[agent.role ?? "-", default: []].append((key, found.count))
        }
        for (role, days) in counts.sorted(by: { $0.key < $1.key }) {
            guard days.count >= Self.leastDays else {
                session.notes.append(
                    "\(role): \(days.count.of("day of work is", "days of work are")) too few to say what is usual")
                continue
            }
            let usual = RobustBaseline(days.map(\.1))
            for (key, count) in days.sorted(by: { ($0.0.day, $0.0.agent) > ($1.0.day, $1.0.agent) })
            where count > usual.bound && session.time.overlaps(key.day * day..<(key.day + 1) * day) {
                let name = agents[key.agent]?.name ?? "-"
                let date = String(LogTime.text(key.day * day).prefix(10))
                session.findings.append(.init(
                    "\(name) (\(role)) reached the records of \(count) patients on \(date). \(usual.words)",
                    who: name, when: date, entries: (patients[key] ?? [:]).values.sorted()))
            }
        }
    }

    /// Days before those that are asked about, from which is learnt what is usual.
    private static let baselineDays: Int64 = 28
    /// Days of work of a role below which nothing is said.
    private static let leastDays = 10

    private struct DayOfAgent: Hashable {
        var day: Int64
        var agent: Int64
    }
}

/// What is usual, from counts among which there may be outliers.
struct RobustBaseline {
    let median: Double
    /// The median of the distances from the median.
    let distance: Double
    /// What is more than this is unusual.
    let bound: Int

    init(_ counts: [Int]) {
        median = Self.median(counts.map(Double.init))
        let middle = median
        distance = Self.median(counts.map { abs(Double($0) - middle) })
        bound = Int(max(20, 3 * median, median + 6 * 1.4826 * distance))
    }

    /// In words.
    var words: String {
        "In this role a usual day has \(Self.text(median)); half of the days lie within "
            + "\(Self.text(distance)) of that, and more than \(bound) is unusual."
    }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let ordered = values.sorted()
        let middle = ordered.count / 2
        return ordered.count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}
