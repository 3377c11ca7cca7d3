/// Values in the order of their coming, each once. Few are compared one by one, which is fast; many by their hashes,
/// which stays linear.
struct DistinctValues<Value: Hashable> {
    private(set) var values: [Value] = []
    private var seen: Set<Value> = []

    /// Up to so many values are compared one by one.
    private static var few: Int { 16 }

    init() {}

    /// Adds a value unless it is there.
    /// - Returns: true where it was not there.
    @discardableResult
    mutating func insert(_ value: Value) -> Bool {
        if values.count < Self.few {
            guard !values.contains(value) else { return false }
        } else {
            if seen.isEmpty { seen = Set(values) }
            guard seen.insert(value).inserted else { return false }
        }
        values.append(value)
        return true
    }
}
