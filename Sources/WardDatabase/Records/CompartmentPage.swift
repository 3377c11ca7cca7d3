/// A step of walking through a patient's compartment.
public struct CompartmentPage: Sendable, Hashable {
    /// Versions that were found, ascending.
    public var sequences: [Int64]
    /// Where the next step begins; nil where this was the last.
    public var next: Int64?

    /// A step; engines make it.
    public init(sequences: [Int64], next: Int64?) {
        self.sequences = sequences
        self.next = next
    }
}
