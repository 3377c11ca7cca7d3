import CoreMetrics
import Testing
@testable import WardHTTP

@Suite struct PrometheusTests {
    @Test func writesWhatSwiftMetricsMakes() {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "ward.audit.entries", dimensions: [("kind", "read\"\n")], factory: registry)
        counter.increment(by: 3)
        counter.increment()
        Meter(label: "ward.queue", factory: registry).set(2.5)
        let timer = Timer(label: "ward.commit.seconds", factory: registry)
        timer.recordMilliseconds(2)
        timer.recordSeconds(1)
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(text.contains("# TYPE ward_audit_entries counter\nward_audit_entries{kind=\"read\\\"?\"} 4\n"))
        #expect(text.contains("# TYPE ward_queue gauge\nward_queue 2.5\n"))
        #expect(text.contains("ward_commit_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("ward_commit_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("ward_commit_seconds_sum 1.002\n"))
    }

    @Test func boundsTheNumberOfSeries() {
        let registry = PrometheusRegistry(maximumSeries: 100, maximumSeriesPerName: 3)
        for index in 0..<50 {
            Counter(label: "many", dimensions: [("value", "\(index)")], factory: registry).increment()
        }
        let text = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("many") }.count == 4)
        #expect(text.contains("\nmany 47\n"))
        #expect(text.contains("ward_metrics_overflow_total 47\n"))
    }

    @Test func oneNameIsOneKind() {
        let registry = PrometheusRegistry()
        Counter(label: "a", factory: registry).increment()
        Meter(label: "a", factory: registry).set(9)
        #expect(String(decoding: registry.exposition(), as: UTF8.self).contains("\na 1\n"))
    }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (784_111_777_000_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_827_696_999_999, "Tue, 29 Feb 2000 12:34:56 GMT"),
    ] as [(Int64, String)])
    func writesIMFFixdate(microseconds: Int64, text: String) { #expect(HTTPDate.text(microseconds) == text) }
}

@Suite struct RequestIDTests {
    @Test func areUniqueVersion7() {
        let ids = RequestIDs()
        let made = (0..<10_000).map { _ in ids.next() }
        #expect(Set(made).count == made.count)
        for id in made {
            let bytes = Array(id.utf8)
            #expect(bytes.count == 36 && bytes[14] == UInt8(ascii: "7") && "89ab".utf8.contains(bytes[19]))
        }
    }
}
