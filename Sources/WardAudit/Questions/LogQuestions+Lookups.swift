internal import WardDatabase

extension LogQuestions {
    /// Who read or changed what of a patient.
    func whoSaw(_ session: inout QuestionSession) async throws {
        let text = session.question.subject ?? ""
        let prefix = "Patient/"
        guard text.hasPrefix(prefix), let patient = LogicalID(text.dropFirst(prefix.count)) else {
            throw AuditError(.malformed, "the patient is named as Patient/ID")
        }
        let terms = sealer.keys.patientPseudonyms(patient, tenant: tenant).map {
            AuditTerm(.patient, EntryIndex.value(ofPseudonym: $0))
        }
        try await page(of: terms, &session) { header, event in
            event.patient == patient && header.outcome == .success
                && (header.kind.touchesRecords || header.kind == .breakGlass)
        }
    }

    /// What a user did.
    func whatDid(_ session: inout QuestionSession) async throws {
        let name = session.question.subject ?? ""
        let ids = try await Agents(questions: self).ids(named: name, &session)
        guard !ids.isEmpty else { throw AuditError(.noEvidence, "the log knows nobody of that name") }
        let terms = ids.flatMap { sealer.keys.agentPseudonyms($0, tenant: tenant) }.map {
            AuditTerm(.agent, EntryIndex.value(ofPseudonym: $0))
        }
        try await page(of: terms, &session) { _, event in event.origin.actor.map { ids.contains($0.id) } ?? false }
    }

    /// What went out in bulk.
    func leftTheBuilding(_ session: inout QuestionSession) async throws {
        let terms = [EventKind.export, .backup, .logRead].map { AuditTerm(.kind, Int64($0.rawValue)) }
        try await page(of: terms, &session) { header, event in
            header.kind != .logRead || event.details.contains { $0.name == "what" && $0.value.hasPrefix("export") }
        }
        // An export has two entries. Where its end is here, that says everything.
        let ended = Set(session.entries.filter { $0.details.contains("state=ended") }.compactMap(Self.export))
        session.entries.removeAll { line in
            line.details.contains("state=begun") && Self.export(line).map(ended.contains) ?? false
        }
        if session.entries.contains(where: { $0.details.contains("state=begun") }) {
            session.notes.append(
                "an export that has begun and has no end here was broken off, goes on, or ended on the page before")
        }
    }

    private static func export(_ line: AuditLine) -> String? { line.details.first { $0.hasPrefix("export=") } }

    /// What was refused.
    func denied(_ session: inout QuestionSession) async throws {
        let kinds: [EventKind] = [.refusal, .signInFailed, .lockout]
        let terms = kinds.map { AuditTerm(.kind, Int64($0.rawValue)) }
            + [AuditTerm(.outcome, Int64(EventOutcome.minorFailure.rawValue))]
        try await page(of: terms, &session) { header, event in
            kinds.contains(header.kind) || event.status == 401 || event.status == 403 || event.reason
                == "outside-filter"
        }
    }

    /// Rights taken in an emergency, and their reviews.
    func breakGlass(_ session: inout QuestionSession) async throws {
        let terms = [EventKind.breakGlass, .breakGlassReview].map { AuditTerm(.kind, Int64($0.rawValue)) }
        try await page(of: terms, &session) { _, _ in true }
    }

    /// A page of the entries that belong to any of some terms and pass a test, newest first.
    func page(
        of terms: [AuditTerm], _ session: inout QuestionSession,
        where passes: @escaping (EntryHeader, AuditEvent) -> Bool
    ) async throws {
        guard !session.question.readsWholeLog else {
            return try await scannedPage(&session) { header in
                let found = Set(EntryIndex.terms(of: header))
                return terms.contains(where: found.contains)
            } where: { passes($0, $1) }
        }
        let limit = session.question.limit
        var end = min(session.range.upperBound, session.question.before ?? .max)
        while session.entries.count <= limit {
            var floor = session.range.lowerBound
            var found: Set<Int64> = []
            for term in terms {
                let positions = try await index.index.positions(
                    of: term, from: session.range.lowerBound, below: end, limit: limit + 1)
                // A term that has more is known only down to here.
                if positions.count > limit, let last = positions.last { floor = max(floor, last) }
                found.formUnion(positions)
            }
            for position in found.sorted(by: >) where position >= floor && session.entries.count <= limit {
                guard let entry = try await session.reader.entry(at: position) else { continue }
                let (header, event) = try open(entry)
                if session.time.contains(header.time), passes(header, event) {
                    session.entries.append(AuditLine(position, header, event))
                }
            }
            if floor == session.range.lowerBound { break }
            end = floor
        }
        cut(&session)
    }

    /// A page of the entries of a range that pass two tests, found by reading every one of them: first its header,
    /// then what it says.
    func scannedPage(
        _ session: inout QuestionSession, headers: @escaping (EntryHeader) -> Bool,
        where passes: (EntryHeader, AuditEvent) -> Bool
    ) async throws {
        session.isScan = true
        let limit = session.question.limit
        let times = session.time
        let end = min(session.range.upperBound, session.question.before ?? .max)
        var kept: [AuditLine] = []
        let sealer = sealer
        try await session.reader.scan(min(session.range.lowerBound, end)..<end) { position, bytes in
            let header = try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry))
            guard times.contains(header.time), headers(header) else { return true }
            let (_, event) = try sealer.open(Array(bytes))
            guard passes(header, event) else { return true }
            kept.append(AuditLine(position, header, event))
            if kept.count > 4 * (limit + 1) { kept.removeFirst(kept.count - limit - 1) }
            return true
        }
        session.entries = Array(kept.suffix(limit + 1).reversed())
        cut(&session)
    }

    /// Keeps one page and says where the next begins.
    private func cut(_ session: inout QuestionSession) {
        let limit = session.question.limit
        guard session.entries.count > limit else { return }
        session.entries.removeLast(session.entries.count - limit)
        session.next = session.entries.last?.entry
    }
}

extension EntryIndex {
    /// The terms of a header that was read.
    static func terms(of header: EntryHeader) -> [AuditTerm] {
        [
            AuditTerm(.patient, value(ofPseudonym: header.patient)), AuditTerm(
                .agent, value(ofPseudonym: header.agent)),
            AuditTerm(.kind, Int64(header.kind.rawValue)), AuditTerm(.outcome, Int64(header.outcome.rawValue)),
        ]
    }
}
