extension BinaryInteger {
    /// The number with the word for one or for several: `1 entry`, `2 entries`.
    public func of(_ one: String, _ several: String) -> String { "\(self) \(self == 1 ? one : several)" }
}
