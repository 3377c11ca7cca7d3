internal import WardDatabase

extension LogQuestions {
    /// Where the log is silent though a server ran, where one ended without saying so, and where numbers are missing.
    func gaps(_ session: inout QuestionSession) async throws {
        session.isScan = true
        var check = EmitterCheck(isWhole: session.range.lowerBound == 0 && session.reader.expired == 0)
        var watch = try await watch(before: session.range.lowerBound, &session)
        var findings: [AuditAnswer.Finding] = []
        try await session.reader.scan(session.range) { position, bytes in
            let header = try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry))
            check.take(bytes, position: position, year: nil)
            findings += check.faults.dropFirst(findings.count).map {
                .init($0.what, when: LogTime.text(header.time), entries: [position])
            }
            watch.take(header, position)
            return true
        }
        watch.finish(at: min(session.time.upperBound, clock.now()))
        session.findings += findings + watch.findings
    }

    /// Entries that are read at least before the times that are asked for, to find when a server that was held up was heard last.
    private static let lookBack: Int64 = 16_384

    /// What was heard of servers before a position.
    private func watch(before end: Int64, _ session: inout QuestionSession) async throws -> SilenceWatch {
        var watch = SilenceWatch()
        guard end > 0 else { return watch }
        var start: Int64 = 0
        if !session.question.readsWholeLog {
            // A server that runs is heard so often, however much it writes meanwhile.
            let heard = try await TimeSearch(store: store)
                .position(of: session.time.lowerBound &- EmitterCheck.clockTolerance &- SilenceWatch.silence)
            start = max(0, min(heard, end - Self.lookBack))
            let known = [try await newest(.start, before: end), try await newest(.stop, before: end)].compactMap(\.self)
            for place in known.sorted() where place < start {
                guard let entry = try await session.reader.entry(at: place) else { continue }
                watch.take(try EntryHeader(parsing: entry.prefix(EntryHeader.smallestEntry)), place)
            }
        }
        try await session.reader.scan(start..<end) { position, bytes in
            watch.take(try EntryHeader(parsing: bytes.prefix(EntryHeader.smallestEntry)), position)
            return true
        }
        watch.forgetFindings()
        return watch
    }

    private func newest(_ kind: EventKind, before end: Int64) async throws -> Int64? {
        try await index.index.positions(of: AuditTerm(.kind, Int64(kind.rawValue)), from: 0, below: end, limit: 1).first
    }
}
