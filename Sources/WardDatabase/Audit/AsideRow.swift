/// A row that stood in the log, was none of its entries, and was taken aside.
public struct AsideRow: Sendable, Hashable {
    /// Counted from 1 on, in the order in which they were taken.
    public var number: Int64
    /// Where it stood.
    public var position: Int64
    /// What stood there.
    public var bytes: [UInt8]

    /// A row; see the properties.
    public init(number: Int64, position: Int64, bytes: [UInt8]) {
        self.number = number
        self.position = position
        self.bytes = bytes
    }
}
