internal import CoreMetrics
internal import Synchronization

/// A value that goes up and down.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    private let labels: [(String, String)]
    private let value = Mutex<Double>(0)

    init(labels: [(String, String)]) { self.labels = labels }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, to text: inout PrometheusText) { text.sample(name, labels, value.withLock { $0 }) }
}
