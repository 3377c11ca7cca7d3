internal import WardDatabase

extension LogQuestions {
    /// Where the log is silent though a server ran, where one ended without saying so, and where numbers are missing.
    func gaps(_ session: inout QuestionSession) async throws {
        session.isScan = true
        var check = EmitterCheck(isWhole: session.range.lowerBound == 0 && session.reader.expired == 0)
        var watch = SilenceWatch()
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
        session.findings += findings + watch.findings
    }
}

/// Watches the heartbeats of servers.
struct SilenceWatch {
    private(set) var findings: [AuditAnswer.Finding] = []
    /// The last entry while a server is known to run.
    private var last: (time: Int64, position: Int64)?

    /// Heartbeats come each minute; two and a half without any entry are a silence.
    static let silence: Int64 = 150_000_000

    mutating func take(_ header: EntryHeader, _ position: Int64) {
        // Events of writes come by the outbox, a little late: they say nothing of when a server ran.
        guard header.emitter != .outbox else { return }
        if let last, header.kind == .start {
            findings.append(.init(
                "the server ended without saying so; it was heard last at \(LogTime.text(last.time))",
                when: LogTime.text(header.time), entries: [last.position, position]))
        } else if let last, header.time - last.time > Self.silence {
            findings.append(.init(
                "no entry for \(((header.time - last.time) / 1_000_000).of("second", "seconds")) though the server "
                    + "ran: it was held up, or the clock was moved",
                when: LogTime.text(last.time), entries: [last.position, position]))
        }
        switch header.kind {
        case .start, .heartbeat: last = (header.time, position)
        case .stop: last = nil
        default: if last != nil { last = (header.time, position) }
        }
    }
}
