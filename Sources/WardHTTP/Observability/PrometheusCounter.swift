internal import CoreMetrics
internal import Synchronization

/// A count that only grows. Fractions are kept to a millionth.
final class PrometheusCounter: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    let labels: [(String, String)]
    private let whole = Atomic<Int64>(0)
    private let millionths = Atomic<Int64>(0)

    init(labels: [(String, String)]) { self.labels = labels }

    var value: Int64 { whole.load(ordering: .relaxed) }

    func increment(by amount: Int64) { whole.wrappingAdd(max(0, amount), ordering: .relaxed) }

    func increment(by amount: Double) {
        guard amount > 0, amount < 9e12 else { return }
        millionths.wrappingAdd(Int64(amount * 1e6), ordering: .relaxed)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        millionths.store(0, ordering: .relaxed)
    }

    func write(_ name: String, to text: inout PrometheusText) {
        text.sample(name, labels, Double(value) + Double(millionths.load(ordering: .relaxed)) / 1e6)
    }
}
