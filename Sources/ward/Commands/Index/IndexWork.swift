internal import WardRecords

/// Making the index anew as commands do it: in steps, with progress.
struct IndexWork: Sendable {
    let home: Home
    let passphraseFile: String?

    /// Begins a new epoch, or goes on with one that was begun, to its end.
    func rebuild() async throws -> Done {
        _ = try await HomeAccess.perform(.indexBegin, on: home, passphraseFile: passphraseFile)
        var progress = ProgressLine("index")
        let begun = ContinuousClock.now
        while true {
            let answer = try await HomeAccess.perform(
                .indexStep(isAlone: !HomeLock.isHeld(home)), on: home, passphraseFile: passphraseFile)
            guard case .indexProgress(let step) = answer else { throw Failure("the home answered otherwise than asked") }
            progress.show("epoch \(step.epoch): \(step.passed) of \(step.of) versions passed")
            guard step.isFinished else { continue }
            progress.end()
            return Done(
                epoch: step.epoch, versions: Int(step.of),
                seconds: Double((ContinuousClock.now - begun).components.seconds))
        }
    }

    /// What was done.
    struct Done: Encodable {
        var epoch: UInt32
        /// Versions that were there when the epoch began.
        var versions: Int
        var seconds: Double
    }

    /// For people.
    static func text(_ done: Done) -> String { "epoch \(done.epoch): \(done.versions) versions brought over" }
}
