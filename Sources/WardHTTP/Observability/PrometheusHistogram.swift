internal import CoreMetrics
internal import Synchronization

/// How often values fell below fixed bounds, four to a power of ten: from a tenth of a millisecond to ten seconds
/// for times, and on to ten million for sizes.
final class PrometheusHistogram: PrometheusSeries, RecorderHandler, TimerHandler {
    static let bounds: [Double] = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000,
    ]
    private struct State {
        var counts = [Int64](repeating: 0, count: PrometheusHistogram.bounds.count + 1)
        var sum = 0.0
    }

    private let labels: [(String, String)]
    private let state = Mutex(State())

    init(labels: [(String, String)]) { self.labels = labels }

    func record(seconds value: Double) {
        var slot = 0
        while slot < Self.bounds.count, value > Self.bounds[slot] { slot += 1 }
        state.withLock { state in
            state.counts[slot] += 1
            state.sum += value
        }
    }

    func record(_ value: Int64) { record(seconds: Double(value)) }
    func record(_ value: Double) { record(seconds: value) }
    func recordNanoseconds(_ duration: Int64) { record(seconds: Double(duration) / 1e9) }

    func write(_ name: String, to text: inout PrometheusText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let total = counts.reduce(0, +)
        guard total > 0 else { return }
        var below: Int64 = 0
        for (bound, count) in zip(Self.bounds, counts) {
            below += count
            text.sample(name + "_bucket", labels + [("le", "\(bound)")], Double(below))
        }
        text.sample(name + "_bucket", labels + [("le", "+Inf")], Double(total))
        text.sample(name + "_sum", labels, sum)
        text.sample(name + "_count", labels, Double(total))
    }
}
