/// Kinds of metric in the Prometheus text format.
public enum PrometheusKind: String, Sendable {
    case counter, gauge, histogram
}

/// One value of a metric that is read when somebody asks.
public struct PrometheusSample: Sendable {
    /// Names and values of its labels, from fixed sets.
    public var labels: [(String, String)]
    /// The value.
    public var value: Double

    /// A value with its labels.
    public init(labels: [(String, String)], value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// A metric whose values are read when somebody asks.
struct PrometheusCollector: Sendable {
    var name: String
    var kind: PrometheusKind
    var samples: @Sendable () -> [PrometheusSample]
}

/// All series of one name.
struct PrometheusFamily: Sendable {
    var kind: PrometheusKind
    var series: [[UInt8]: any PrometheusSeries] = [:]

    func write(_ name: String, to text: inout PrometheusText) {
        text.type(name, kind)
        for (_, series) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            series.write(name, to: &text)
        }
    }
}

/// One series: values of one name and one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    func write(_ name: String, to text: inout PrometheusText)
}
