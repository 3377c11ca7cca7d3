/// A checkpoint of the log that somebody keeps outside it: the anchor beside the records, or a witness.
public struct KeptCheckpoint: Sendable {
    /// The keeper that is a witness.
    public static let witness = "witness"

    /// What was kept.
    public var checkpoint: SignedCheckpoint
    /// Who keeps it, as a fault names it: `anchor`, `witness`.
    public var keeper: String

    /// Whether the witness's own key signed it: only then is it the witness's word.
    public var isCosigned: Bool

    /// A checkpoint and its keeper.
    public init(_ checkpoint: SignedCheckpoint, by keeper: String, isCosigned: Bool = false) {
        self.checkpoint = checkpoint
        self.keeper = keeper
        self.isCosigned = isCosigned
    }
}
