internal import ArgumentParser
internal import WardAudit
internal import WardDatabase

/// `ward audit hold`
struct AuditHold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep entries for a matter at law, beyond their time of retention.",
        subcommands: [AuditHoldAdd.self, AuditHoldLift.self, AuditHoldList.self])

    /// Does an operation and prints the holds in force.
    static func perform(_ operation: HomeOperation, _ options: HomeOptions, _ form: OutputOptions) async throws {
        let answer = try await HomeAccess.perform(
            operation, on: try options.existing(), passphraseFile: options.passphraseFile)
        guard case .auditHolds(let holds) = answer else { throw Failure("an answer of another form") }
        let lines = holds.map { "\($0.name): entries from \($0.from) on, since \($0.since)" }
        try form.print(holds, text: lines.isEmpty ? "no hold is in force" : lines.joined(separator: "\n"))
    }
}

/// `ward audit hold add`
struct AuditHoldAdd: AuditedCommand {
    static let events = [EventPromise(.hold, "the hold is put on")]
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Put a hold on: nothing from its time on expires. That is itself in the log.")
    @Argument(help: "What the matter is called: letters, digits and . - _, such as its number; never a person's name.")
    var name: String
    @Option(help: "Hold entries from this time on (RFC 3339); all where not given.") var from: String?
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        guard let time = from.map({ LogTime.microseconds($0) }) ?? 0 else {
            throw Failure("--from takes a time such as 2026-01-31 or 2026-01-31T08:00:00Z")
        }
        try AuditTimes.check(from: time, to: nil, now: SystemWallClock().now())
        try await AuditHold.perform(.auditHold(name: name, from: time), options, form)
    }
}

/// `ward audit hold lift`
struct AuditHoldLift: AuditedCommand {
    static let events = [EventPromise(.hold, "the hold is lifted, and why")]
    static let configuration = CommandConfiguration(
        commandName: "lift", abstract: "Lift a hold. That is itself in the log, with the reason.")
    @Argument(help: "The hold's name.") var name: String
    @Option(help: "Why: letters, digits and . - _, such as matter-closed or the number of an order; never a person's name.")
    var reason: String
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws {
        try await AuditHold.perform(.auditHoldLift(name: name, reason: reason), options, form)
    }
}

/// `ward audit hold list`
struct AuditHoldList: AuditedCommand {
    static let events = [EventPromise(.logRead, "before the holds are listed")]
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the holds in force. That is itself in the log.")
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    mutating func run() async throws { try await AuditHold.perform(.auditHolds, options, form) }
}
