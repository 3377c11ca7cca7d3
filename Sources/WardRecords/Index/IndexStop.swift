public import WardVault

/// Where making the index anew stops: a row that cannot be read or opened. Left out, no search would find the record, nor fail for it,
/// any more.
public struct IndexStop: Error, Sendable, CustomStringConvertible {
    /// The number of the row in the store, which refers to no patient.
    public let sequence: Int64
    /// What is wrong with it; it names the record where as much can be read.
    public let cause: VaultError

    public var description: String { "\(cause.description), sequence \(sequence)" }
}
