internal import ArgumentParser
internal import WardAudit
internal import WardDatabase
internal import WardRecords

/// `ward verify`: every record against its seal, the audit log, the index and the keys.
struct VerifyCommand: AuditedCommand {
    static let events = [
        EventPromise(.verify, "the records were verified, with how many faults; or a verification in the background was begun")
    ]
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Open every version of every record and compare it with the audit log, the index and the keys. Works beside a running server.")
    @Option(help: "Only versions written at this time or later, such as 2026-01-31 or 2026-01-31T08:30:00Z.") var since: String?
    @Option(help: "Only about so many versions, spread evenly and drawn by chance.") var sample: Int?
    @Flag(help: "Begin in the server, throttled (verify.per_second), and come back at once; where one is under way, go on with it.")
    var background = false
    @Flag(help: "Tell how far the verification in the background is, and what the last one found.") var status = false
    @OptionGroup var options: HomeOptions
    @OptionGroup var form: OutputOptions

    func validate() throws {
        if let since, LogTime.microseconds(since) == nil {
            throw ValidationError("--since takes a date or a time, such as 2026-01-31 or 2026-01-31T08:30:00Z")
        }
        if let sample, sample < 1 { throw ValidationError("--sample must be 1 or more") }
        guard [since != nil, sample != nil, background, status].count(where: \.self) <= 1 else {
            throw ValidationError("--since, --sample, --background and --status do not go together")
        }
    }

    private var scope: VerificationScope {
        if let time = since.flatMap({ LogTime.microseconds($0) }) { return .since(time) }
        return sample.map { .sample($0) } ?? .everything
    }

    private func verify(_ home: Home) async throws -> RecordReport {
        let house: ReadingHouse
        do {
            house = try await ReadingHouse.open(home, passphraseFile: options.passphraseFile)
        } catch let store as UnreadableStore {
            var report = RecordReport()
            report.faults = [store.fault]
            return report
        }
        let report = try await house.verifier.verify(scope)
        await house.close()
        return report
    }

    mutating func run() async throws {
        let home = try options.existing()
        if background || status {
            let operation: HomeOperation = background ? .verificationBegin : .verificationStatus
            let answer = try await HomeAccess.perform(operation, on: home, passphraseFile: options.passphraseFile)
            guard case .verification(let status) = answer else { throw Failure("the home answered otherwise than asked") }
            return try form.print(status, text: status.text)
        }
        if case .since(let time) = scope, time > SystemWallClock().now() {
            throw Failure("--since lies in the future, and nothing was written then: name a time that has passed")
        }
        let start = ContinuousClock.now
        var report = try await verify(home)
        // An epoch of the index that began after the keyring was read is known to it when it is read again.
        if report.isOfUnknownEpoch { report = try await verify(home) }
        let elapsed = ContinuousClock.now - start
        let result = VerificationResult(
            isWhole: report.isWhole, entries: report.versions, checkpoints: nil, expired: report.expired,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18,
            unusedKeys: report.unusedKeys, faults: report.faults.map(VerificationResult.FaultLine.init))
        try form.print(result, text: result.text("versions"))
        await VerificationNote.record("records", faults: report.faults.count, home, options)
        if !report.isWhole { throw ExitCode(1) }
    }
}

extension VerificationResult.FaultLine {
    /// A fault of the records, as it is printed.
    init(_ fault: RecordFault) {
        self.init(kind: fault.kind.rawValue, place: fault.place, what: fault.what)
    }
}
