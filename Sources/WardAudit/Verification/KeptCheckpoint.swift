/// A checkpoint of the log that somebody keeps outside it: the anchor beside the records, or a witness.
public struct KeptCheckpoint: Sendable {
    /// The keeper that is a witness.
    public static let witness = "witness"

    /// What was kept.
    public var checkpoint: SignedCheckpoint
    /// Who keeps it, as a fault names it: `anchor`, `witness`.
    public var keeper: String

    /// A checkpoint and its keeper.
    public init(_ checkpoint: SignedCheckpoint, by keeper: String) {
        self.checkpoint = checkpoint
        self.keeper = keeper
    }
}
