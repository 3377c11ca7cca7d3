public import WardAudit

/// What a shredding asks of the blind index: that the key which made the patient's tokens be destroyed, so that nobody can
/// test guesses against those tokens, in the files of now or in a copy of any age.
public struct IndexRenewal: Sendable {
    /// The number of the newest epoch.
    public let newestEpoch: @Sendable () -> UInt32
    /// Does some of the work of making the index anew, until the keys of this epoch and of every older one are destroyed. Called
    /// again after an interruption, it goes on.
    public let step: @Sendable (_ past: UInt32, _ origin: EventOrigin) async throws -> IndexRebuild.Progress

    /// A renewal.
    public init(
        newestEpoch: @escaping @Sendable () -> UInt32,
        step: @escaping @Sendable (_ past: UInt32, _ origin: EventOrigin) async throws -> IndexRebuild.Progress
    ) {
        self.newestEpoch = newestEpoch
        self.step = step
    }
}
