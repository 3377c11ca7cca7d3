/// The times of many requests.
struct Latencies: Sendable {
    /// Requests answered per second.
    let perSecond: Double
    private let sorted: [UInt32]

    /// From microseconds of each request, and how long all of them took together.
    init(microseconds: [UInt32], elapsed: Duration) {
        sorted = microseconds.sorted()
        perSecond = Double(sorted.count) / (elapsed / .seconds(1))
    }

    /// How many.
    var count: Int { sorted.count }

    /// The time below which a share of the requests lies, in milliseconds with two digits.
    func text(_ share: Double) -> String {
        guard !sorted.isEmpty else { return "" }
        let place = min(sorted.count - 1, Int(Double(sorted.count) * share))
        return Table.decimal(Double(sorted[place]) / 1_000) + " ms"
    }
}
