import Foundation
import Synchronization
import Testing
import WardHTTP
import WardRecords

@Suite struct RoutingTests {
    @Test func answersHealthWithoutCredential() async throws {
        try await LiveServer.run { live async throws in
            let answer = try await live.send("GET", "/health/live", token: nil)
            #expect(answer.status == 200 && answer.body == #"{"status":"live"}"#)
            #expect(try await live.send("GET", "/health/ready", token: nil).body == #"{"status":"ready"}"#)
            #expect(try await live.send("HEAD", "/health/live", token: nil).body.isEmpty)
        }
    }

    @Test func namesFailingChecks() async throws {
        let house = House()
        house.unwell.withLock { $0 = ["audit-log"] }
        try await LiveServer.run(house.services) { live async throws in
            let answer = try await live.send("GET", "/health/ready", token: nil)
            #expect(answer.status == 503 && answer.body == #"{"status":"not ready","failing":["audit-log"]}"#)
        }
    }

    @Test func everyAnswerHasTheSecurityFields() async throws {
        try await LiveServer.run { live async throws in
            for path in ["/health/live", "/nowhere", "/fhir/Patient/1", "/fhir/metadata"] {
                for token in [nil, House.clinician] {
                    let answer = try await live.send("GET", path, token: token)
                    #expect(answer["strict-transport-security"] == "max-age=31536000")
                    #expect(answer["cache-control"] == "no-store")
                    #expect(answer["x-content-type-options"] == "nosniff")
                    #expect(answer["referrer-policy"] == "no-referrer")
                    #expect(answer["content-security-policy"]?.contains("default-src 'none'") == true)
                    #expect(answer["x-request-id"].flatMap(UUID.init(uuidString:)) != nil)
                    #expect(answer["date"]?.hasSuffix(" GMT") == true)
                    #expect(answer["server"] == nil)
                }
            }
        }
    }

    @Test func unknownRoutesAndMethods() async throws {
        try await LiveServer.run { live async throws in
            let unknown = try await live.send("GET", "/nowhere", token: nil)
            #expect(unknown.status == 404 && unknown["content-type"] == "application/json; charset=utf-8")
            let wrong = try await live.send("DELETE", "/auth/sign-in", token: nil)
            #expect(wrong.status == 405 && wrong["allow"] == "GET, HEAD, POST")
            let options = try await live.send("OPTIONS", "/fhir/Patient")
            #expect(options.status == 405 && options["allow"] == "GET, HEAD, POST")
            let instance = try await live.send("OPTIONS", "/fhir/Patient/1")
            #expect(instance.status == 405 && instance["allow"] == "GET, HEAD, PUT, DELETE")
            #expect(options.body.contains("OperationOutcome"))
            #expect(try await live.send("POST", "/fhir/metadata", token: nil).status == 405)
        }
    }

    /// What no interaction takes is in the log too, in words that are not the request's.
    @Test func formsThatNothingTakesAreTold() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            for (method, path, status) in [
                ("OPTIONS", "/fhir/Patient/1", 405), ("TRACE", "/fhir/Patient/1", 405), ("GET", "/fhir/Patient/%1b%5b31mred", 400),
                ("GET", "/fhir/Patient?" + String(repeating: "a=b&", count: 600), 400),
            ] {
                #expect(try await live.send(method, path).status == status, "\(method) \(path.prefix(40))")
                #expect(house.refusals.withLock { $0.popLast() } == "\(status) /fhir \(House.clinician)", "\(method) \(path.prefix(40))")
            }
            #expect(house.requests.withLock { $0.isEmpty } && house.refusals.withLock { $0.isEmpty })
        }
    }

    /// What log, metrics and answers call a path that nobody knows is plain ASCII, and none of its own letters.
    @Test func pathsOfOtherLettersAreToldWithoutThem() async throws {
        #expect(RouteTemplate.allCases.allSatisfy { $0.rawValue.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
        let (log, house) = (LogLines(), House())
        try await LiveServer.run(house.services, log: log) { live async throws in
            for path in ["/%C3%A9t%C3%A9", "/fhir/a/b/c/d/%C3%A9t%C3%A9", "/fhir/Patient/%C3%A9t%C3%A9", "/fhir/%E2%80%A6?%C3%A9=%C3%A9"] {
                for method in ["GET", "PUT", "OPTIONS"] {
                    let answer = try await live.send(method, path)
                    let words = answer.body + answer.headers.map { "\($0.0): \($0.1)" }.joined()
                    #expect(words.utf8.allSatisfy { $0 < 0x7F } && !words.contains("%C3"), "\(method) \(path): \(words)")
                }
            }
            let metrics = try await live.send("GET", "/metrics", token: House.administrator).body
            #expect(metrics.utf8.allSatisfy { $0 < 0x7F } && metrics.contains(#"{route="/fhir/...","#))
        }
        let text = log.text
        #expect(text.utf8.allSatisfy { $0 < 0x7F } && !text.contains("\\u") && !text.contains("%C3"), "\(text)")
        for route in ["...", "/fhir/...", "/fhir/{type}/{id}"] { #expect(text.contains(#""route":"\#(route)""#), "\(route)") }
    }

    /// A method that Ward does not know goes the way of one that is not offered. Source: RFC 9110 §9.1 and §15.5.6
    @Test func unknownMethodsAreRefusedAndTold() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            for (method, http2) in [("PROPFIND", false), ("PROPFIND", true), ("BREW", true), ("get", true)] {
                for (path, endpoint, allow) in [
                    ("/fhir/Observation/1", "/fhir", "GET, HEAD, PUT, DELETE"), ("/fhir/a/b/c/d", "/fhir", "GET, HEAD"), ("/fhir", "/fhir", "POST"),
                    ("/api/audit/denied", "/api/audit", "GET, HEAD"),
                ] {
                    let answer = try await live.send(method, path, http2: http2)
                    #expect(answer.status == 405 && answer["allow"] == allow, "\(method) \(path)")
                    #expect(house.refusals.withLock { $0.popLast() } == "405 \(endpoint) \(House.clinician)", "\(method) \(path)")
                    #expect(try await live.send(method, path, token: nil, http2: http2).status == 401, "\(method) \(path)")
                    #expect(house.refusals.withLock { $0.popLast() } == "401 \(endpoint) -", "\(method) \(path)")
                }
                #expect(try await live.send(method, "/health/live", token: nil, http2: http2)["allow"] == "GET, HEAD")
                #expect(try await live.send(method, "/nowhere", http2: http2).status == 404)
            }
            #expect(house.requests.withLock { $0.isEmpty } && house.refusals.withLock { $0.isEmpty })
        }
    }

    @Test func metadataNeedsNoCredentialAndKnowsTheBase() async throws {
        try await LiveServer.run { live async throws in
            let answer = try await live.send("GET", "/fhir/metadata", token: nil)
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "application/fhir+json; fhirVersion=4.0; charset=utf-8")
            #expect(answer.body.contains(live.address.url + "/fhir/metadata"))
        }
    }

    @Test func metricsAreForThoseWhoObserve() async throws {
        try await LiveServer.run { live async throws in
            #expect(try await live.send("GET", "/metrics", token: nil).status == 401)
            #expect(try await live.send("GET", "/metrics").status == 403)
            _ = try await live.send("GET", "/fhir/Patient/c0ffee-id?name=CANARY")
            let answer = try await live.send("GET", "/metrics", token: House.administrator)
            #expect(answer.status == 200)
            let line = #"ward_http_requests_total{route="/fhir/{type}/{id}",method="GET",status="2xx"} 1"#
            #expect(answer.body.contains(line))
            #expect(answer.body.contains(#"ward_http_request_seconds_count{route="/fhir/{type}/{id}"} 1"#))
            #expect(!answer.body.contains("CANARY") && !answer.body.contains("c0ffee"))
        }
        try await LiveServer.run(configure: { $0.openMetrics = true }) { live async throws in
            #expect(try await live.send("GET", "/metrics", token: nil).status == 200)
        }
    }
}
