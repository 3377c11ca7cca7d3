internal import ArgumentParser
internal import WardAudit

/// A command that does something. It says what it writes to the audit log, so that none can be forgotten.
protocol AuditedCommand: AsyncParsableCommand {
    /// Every event that it may write to the log of the home it works on; empty where it opens none and changes nothing
    /// there.
    static var events: [EventPromise] { get }
}

extension AuditedPlace {
    /// Every command of the program with what it writes, in the order of the help.
    /// - Throws: ``Failure`` that names a command that does not say what it writes.
    static func commands() throws(Failure) -> [AuditedPlace] { try below(WardCommand.self, "ward") }

    /// What is written without anybody asking.
    static let byItself: [AuditedPlace] = [
        AuditedPlace(
            "the server, by itself",
            [
                EventPromise(.heartbeat, "each minute, so that a cut tail shows"),
                EventPromise(.timeOut, "a session that nobody shows any more came to its end"),
                EventPromise(.signInFailed, "each minute, how many sign-ins an address tried that were turned away unseen"),
                EventPromise(.refusal, "each minute, how many requests of an address were refused without an entry of their own"),
                EventPromise(
                    .keyChange,
                    """
                    keys were rotated by the schedule, are to be destroyed, were, or could not be, a shredding went on, an epoch of the \
                    index ended, or the lease of open keys ended or began again
                    """),
                EventPromise(.expiry, "ended sessions and grants, used assertions and launches were removed for good, with how many"),
                EventPromise(.verify, "a verification in the background began by the schedule, or ended, with how many faults"),
                EventPromise(.delivery, "a receiver or an archive of the log fell behind, or caught up"),
                EventPromise(.witness, "the witness stopped vouching for the log, or vouches for it again"),
            ])
    ]

    private static func below(_ command: any ParsableCommand.Type, _ path: String) throws(Failure) -> [AuditedPlace] {
        var places: [AuditedPlace] = []
        for child in command.configuration.subcommands { places += try below(child, "\(path) \(child._commandName)") }
        if !places.isEmpty { return places }
        guard let audited = command as? any AuditedCommand.Type else {
            throw Failure("\(path): does not say what it writes to the audit log")
        }
        return [AuditedPlace(path, audited.events)]
    }
}
