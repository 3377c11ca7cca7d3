internal import Foundation
internal import NIOCore

/// Reads, searches and creates by many clients at once.
struct RequestMeasures {
    let home: ServedHome
    let token: String
    let subjects: Subjects
    let connections: Int
    let duration: Duration

    /// Reads by id, beside a bare handler that answers with as many bytes.
    func read(into table: inout Table, withFloor: Bool) throws {
        var floor: Latencies?
        if withFloor {
            floor = try bare()
            table.add("floor: bare Hummingbird handler over TLS, \(connections) clients", floor ?? Latencies(microseconds: [], elapsed: .seconds(1)))
        }
        let reads = try reads()
        table.add("read by id, \(connections) clients", reads, floor: floor?.perSecond, target: "0.40 of the floor")
    }

    /// Reads by id.
    func reads() throws -> Latencies {
        let requests = subjects.records.map { head("GET /fhir/\($0)") }
        return try loop(port: home.port, status: 200) { requests[Self.pick($0, $1, requests.count)] }.run()
    }

    /// `Observation?patient=…&code=…`.
    func search(into table: inout Table) throws {
        let requests = subjects.searches.map { head("GET /fhir/Observation?\($0)") }
        let searches = try loop(port: home.port, status: 200) { requests[Self.pick($0, $1, requests.count)] }.run()
        table.add("search Observation?patient&code, \(connections) clients", searches, target: "6000/s")
    }

    /// Single creates of observations.
    /// - Returns: how many were made while it was measured.
    func create(into table: inout Table) throws -> Int {
        let patients = subjects.patients
        let line = "POST /fhir/Observation"
        let head = "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/fhir+json\r\n"
        let creates = try loop(port: home.port, status: 201) { connection, number in
            let body = Self.observation(patient: patients[Self.pick(connection, number, patients.count)], value: number % 90 + 90)
            return ByteBuffer(string: "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }.run()
        table.add("create Observation, \(connections) clients", creates, target: "5000/s")
        return creates.count
    }

    private func bare() throws -> Latencies {
        let own = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).resolvingSymlinksInPath().path
        let server = try ChildProcess(
            [own, "bare", "--certificate", home.folder + "/tls/cert.pem", "--key", home.folder + "/tls/key.pem", "--bytes", "1400"])
        defer { server.terminate() }
        guard let port = try server.firstLine().split(separator: ":").last.flatMap({ Int($0) }) else { throw BenchError("no bare server") }
        let request = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return try loop(port: port, status: 200) { _, _ in request }.run()
    }

    private func loop(
        port: Int, status: Int, _ request: @escaping @Sendable (_ connection: Int, _ number: Int) -> ByteBuffer
    ) -> ClosedLoop {
        ClosedLoop(
            port: port, authority: home.authority, connections: connections, duration: duration, status: status, request: request)
    }

    private func head(_ line: String) -> ByteBuffer {
        ByteBuffer(string: "\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n\r\n")
    }

    /// Spreads the requests of all connections evenly and without order.
    private static func pick(_ connection: Int, _ number: Int, _ count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(connection) &* 7_919 &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15) % UInt64(count))
    }

    private static func observation(patient: String, value: Int) -> String {
        """
        {"resourceType":"Observation","status":"final","category":[{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],\
        "code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure"}],\
        "text":"Systolic blood pressure"},"subject":{"reference":"Patient/\(patient)"},\
        "effectiveDateTime":"2026-01-02T10:20:30+01:00","issued":"2026-01-02T10:20:31.123+01:00",\
        "valueQuantity":{"value":\(value).50,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}
        """
    }
}
