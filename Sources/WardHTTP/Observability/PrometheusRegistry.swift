public import CoreMetrics
internal import Synchronization

/// Keeps the metrics of the process and writes them as Prometheus text.
///
/// It is the swift-metrics factory of a Ward server: modules make counters, meters, recorders and timers by label;
/// dots in labels become underscores. The number of series is bounded, in all and for each label; what goes beyond
/// is counted in one series without dimensions, and `ward_metrics_overflow_total` says how often. Labels must come
/// from fixed sets: never a value, never a URL.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
public final class PrometheusRegistry: Sendable {
    private struct State {
        var families: [String: PrometheusFamily] = [:]
        var collectors: [PrometheusCollector] = []
        var series = 0
        var overflow: Int64 = 0
    }

    private let state = Mutex(State())
    private let maximumSeries: Int
    private let maximumSeriesPerName: Int

    /// An empty registry.
    public init(maximumSeries: Int = 4_096, maximumSeriesPerName: Int = 256) {
        self.maximumSeries = maximumSeries
        self.maximumSeriesPerName = maximumSeriesPerName
    }

    /// All metrics as text, families by name.
    public func exposition() -> [UInt8] {
        let (families, collectors, overflow) = state.withLock { ($0.families, $0.collectors, $0.overflow) }
        var text = PrometheusText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) { family.write(name, to: &text) }
        for collector in collectors.sorted(by: { $0.name < $1.name }) {
            text.type(collector.name, collector.kind)
            for sample in collector.samples() { text.sample(collector.name, sample.labels, sample.value) }
        }
        text.type("ward_metrics_overflow_total", .counter)
        text.sample("ward_metrics_overflow_total", [], Double(overflow))
        return text.bytes
    }

    /// Adds values that are read when somebody asks.
    public func collect(
        _ name: String, kind: PrometheusKind, _ samples: @escaping @Sendable () -> [PrometheusSample]
    ) {
        let collector = PrometheusCollector(name: PrometheusText.name(name), kind: kind, samples: samples)
        state.withLock { $0.collectors.append(collector) }
    }

    func histogram(_ name: String, _ labels: [(String, String)]) -> PrometheusHistogram {
        series(name, labels, kind: .histogram) { PrometheusHistogram(labels: $0) }
            ?? PrometheusHistogram(labels: [])
    }

    func counter(_ name: String, _ labels: [(String, String)]) -> PrometheusCounter {
        series(name, labels, kind: .counter) { PrometheusCounter(labels: $0) } ?? PrometheusCounter(labels: [])
    }

    func gauge(_ name: String, _ labels: [(String, String)]) -> PrometheusGauge {
        series(name, labels, kind: .gauge) { PrometheusGauge(labels: $0) } ?? PrometheusGauge(labels: [])
    }

    /// The series of a name and labels, made if it is new. Nil where the name already belongs to another kind of
    /// metric.
    private func series<Series: PrometheusSeries>(
        _ name: String, _ labels: [(String, String)], kind: PrometheusKind, make: ([(String, String)]) -> Series
    ) -> Series? {
        let name = PrometheusText.name(name)
        let sorted = labels.sorted { $0.0 < $1.0 }
        return state.withLock { state in
            var family = state.families[name] ?? PrometheusFamily(kind: kind)
            guard family.kind == kind else { return nil }
            if let known = family.series[PrometheusText.key(sorted)] { return known as? Series }
            let full = state.series >= maximumSeries || family.series.count >= maximumSeriesPerName
            let kept = full ? [] : sorted
            if full { state.overflow += 1 }
            if full, let shared = family.series[PrometheusText.key([])] { return shared as? Series }
            let new = make(kept)
            family.series[PrometheusText.key(kept)] = new
            state.families[name] = family
            state.series += 1
            return new
        }
    }
}

extension PrometheusRegistry: MetricsFactory {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    /// Times are in seconds; the name should say so.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    // Series live as long as the process: their number is bounded, and a series that comes and goes confuses its
    // readers.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}
