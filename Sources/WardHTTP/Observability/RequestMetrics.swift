internal import HTTPTypes
internal import Synchronization

/// Counts requests by route, method and class of status, and their times by route. All series are made beforehand:
/// counting a request is two atomic additions and no allocation.
final class RequestMetrics: Sendable {
    private let counters: [PrometheusCounter]
    private let durations: [PrometheusHistogram]

    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "other"]
    private static let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"]

    init(registry: PrometheusRegistry, active: RequestGate) {
        var counters: [PrometheusCounter] = []
        var durations: [PrometheusHistogram] = []
        for route in RouteTemplate.allCases {
            durations.append(registry.histogram("ward_http_request_seconds", [("route", route.rawValue)]))
            for method in Self.methods {
                for status in Self.classes {
                    counters.append(
                        PrometheusCounter(
                            labels: [("route", route.rawValue), ("method", method), ("status", status)]))
                }
            }
        }
        self.counters = counters
        self.durations = durations
        registry.collect("ward_http_requests_total", kind: .counter) { [counters] in
            counters.compactMap { $0.value == 0 ? nil : .init(labels: $0.labels, value: Double($0.value)) }
        }
        registry.collect("ward_http_requests_active", kind: .gauge) { [.init(labels: [], value: Double(active.count))] }
    }

    /// Counts one answered request.
    func record(route: RouteTemplate, method: HTTPRequest.Method, status: Int, nanoseconds: Int64) {
        let route = Int(RequestTrace.index(of: route))
        let kind = min(max(status / 100, 1), 5) - 1
        let slot = (route * Self.methods.count + Self.index(of: method)) * Self.classes.count + kind
        counters[slot].increment(by: Int64(1))
        durations[route].record(seconds: Double(nanoseconds) / 1e9)
    }

    /// The method if it is one of those known, else `other`: a client cannot write into the log with it.
    static func name(of method: HTTPRequest.Method) -> String { methods[index(of: method)] }

    private static func index(of method: HTTPRequest.Method) -> Int {
        switch method {
        case .get: 0
        case .head: 1
        case .post: 2
        case .put: 3
        case .patch: 4
        case .delete: 5
        default: 6
        }
    }
}
