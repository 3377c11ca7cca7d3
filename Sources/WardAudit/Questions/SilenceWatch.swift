internal import WardDatabase

/// Watches the signs of life of servers: what other processes write, such as commands, is none.
struct SilenceWatch {
    /// When a server was heard of.
    struct Heard {
        var emitter: EmitterID
        var time: Int64
        var position: Int64

        init(_ header: EntryHeader, _ position: Int64) {
            emitter = header.emitter
            time = header.time
            self.position = position
        }
    }

    private(set) var findings: [AuditAnswer.Finding] = []
    /// The server that is known to run, as it was heard of last.
    private(set) var server: Heard?
    /// The server that said last that it ends: a heartbeat that it still gives while it does is no sign of life.
    private var ended: EmitterID?

    /// Heartbeats come each minute; two and a half without any entry are a silence.
    static let silence: Int64 = 150_000_000

    /// Goes on from here as from the beginning: what was found so far is not asked for.
    mutating func forgetFindings() { findings = [] }

    /// Takes the next entry.
    mutating func take(_ header: EntryHeader, _ position: Int64) {
        // Events of writes come by the outbox, a little late: they say nothing of when a server ran.
        guard header.emitter != .outbox else { return }
        let heard = Heard(header, position)
        switch header.kind {
        case .start:
            if let server {
                findings.append(.init(
                    "the server ended without saying so; it was heard last at \(LogTime.text(server.time))",
                    when: LogTime.text(header.time), entries: [server.position, position]))
            }
            server = heard
        case .heartbeat where server == nil:
            if header.emitter != ended { server = heard }
        default:
            if header.kind == .stop { ended = header.emitter }
            guard let server, server.emitter == header.emitter else { return }
            if header.time - server.time > Self.silence {
                findings.append(.init(
                    "no entry for \(Self.seconds(header.time - server.time)) though the server ran: it was held up, or the clock was moved",
                    when: LogTime.text(server.time), entries: [server.position, position]))
            }
            self.server = header.kind == .stop ? nil : heard
        }
    }

    /// Ends at a time: silence up to then counts.
    mutating func finish(at end: Int64) {
        guard let server, end - server.time > Self.silence else { return }
        findings.append(.init(
            """
            nothing was heard of the server for \(Self.seconds(end - server.time)), up to \(LogTime.text(end)): it ended without saying so, \
            or is held up
            """,
            when: LogTime.text(server.time), entries: [server.position]))
    }

    private static func seconds(_ microseconds: Int64) -> String { (microseconds / 1_000_000).of("second", "seconds") }
}
