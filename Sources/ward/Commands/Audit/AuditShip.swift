internal import ArgumentParser
internal import WardAudit

/// `ward audit ship`
struct AuditShip: AuditedCommand {
    static let events = [EventPromise(.delivery, "the log is delivered by a command")]
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: """
            Bring what waits of the log to every receiver and archive of the configuration, now, and say how far each is. That is \
            itself in the log.
            """)
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        let answer = try await HomeAccess.perform(.deliver, on: try options.existing(), passphraseFile: options.passphraseFile)
        guard case .deliveries(let statuses) = answer else { throw Failure("an answer of another form") }
        if statuses.isEmpty {
            throw Failure("""
                the configuration names no receiver and no archive: audit.ship.folder, audit.ship.s3.bucket, audit.syslog.address
                """)
        }
        try form.print(statuses, text: statuses.map(Self.line).joined(separator: "\n"))
        if statuses.contains(where: { $0.reason != nil || $0.isBehind || !$0.findings.isEmpty }) { throw ExitCode(1) }
    }

    private static func line(_ status: DeliveryStatus) -> String {
        let place = if let delivered = status.delivered, let waiting = status.waiting {
            "everything below entry \(delivered) has arrived; "
                + (waiting == 0 ? "nothing waits" : "\(waiting.of("waits", "wait")), the oldest for \(status.oldestSeconds ?? 0) s")
        } else {
            "how far it is cannot be told"
        }
        let line = "\(status.to): \(place)" + (status.reason.map { "; \($0)" } ?? "")
        return ([line] + status.findings.map { "\(status.to): found: \($0)" }).joined(separator: "\n")
    }
}
