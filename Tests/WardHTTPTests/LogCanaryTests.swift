import Logging
import Synchronization
import Testing
import WardHTTP
import WardRecords

/// Everything that a request holds is a canary; no log line of anybody may sing it.
@Suite struct LogCanaryTests {
    @Test func noLineHoldsAnythingOfARequest() async throws {
        let log = LogLines()
        let house = House { request in
            if request.path.first == "Fail" { throw CanaryError.failed("CANARY") }
            return FHIRResponse(status: 200, body: Array("CANARY".utf8))
        }
        try await LiveServer.run(house.services, log: log, configure: { $0.maximumBodyBytes = 10_000 }) {
            live async throws in
            let body = Array("CANARY".utf8)
            for http2 in [false, true] {
                for path in [
                    "/fhir/Patient?name=CANARY", "/fhir/CANARY/CANARY", "/CANARY", "/fhir/Fail?CANARY=CANARY",
                    "/fhir/%zzCANARY",
                ] {
                    for method in ["GET", "POST", "PUT", "CANARY"] {
                        let body = method == "GET" ? nil : body
                        let headers = [("Prefer", "CANARY"), ("User-Agent", "CANARY"), ("If-Match", "CANARY")]
                        let answer = try await live.send(method, path, headers: headers, body: body, http2: http2)
                        if answer.status >= 400 { #expect(!answer.body.contains("CANARY")) }
                    }
                }
                let big = [UInt8](repeating: 0x43, count: 20_000)
                _ = try await live.send("POST", "/fhir/CANARY", body: big, http2: http2)
                _ = try await live.send("GET", "/fhir/CANARY", token: "CANARY", http2: http2)
                _ = try await live.send(
                    "POST", "/auth/sign-in", token: nil, headers: [("Content-Type", "application/json")],
                    body: Array(#"{"name":"CANARY","password":"CANARY","code":"CANARY"}"#.utf8), http2: http2)
            }
        }
        #expect(log.lines.count >= 40)
        #expect(!log.text.contains("CANARY"))
        #expect(log.text.contains(#""route":"/fhir/{type}/{id}""#))
        let line = try #require(
            log.lines.first { $0.contains(#""route":"/fhir/{type}""#) && $0.contains(#""status":"200""#) })
        for field in ["request_id", "method", "duration_us", "bytes_in", "bytes_out"] {
            #expect(line.contains("\"\(field)\":"))
        }
    }

    enum CanaryError: Error { case failed(String) }
}
