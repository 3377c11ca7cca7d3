import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Testing
import WardHTTP
import WardRecords

@Suite struct LimitTests {
    @Test func refusesBodiesOverTheLimit() async throws {
        let house = House()
        try await LiveServer.run(house.services, configure: { $0.maximumBodyBytes = 100_000 }) { live async throws in
            for http2 in [false, true] {
                let fits = [UInt8](repeating: 0x20, count: 100_000)
                #expect(try await live.send("POST", "/fhir", body: fits, http2: http2).status == 200)
                #expect(house.last?.body.count == 100_000)
                let answer = try await live.send("POST", "/fhir", body: fits + [0x20], http2: http2)
                #expect(answer.status == 413 && answer.body.contains("too-long"))
            }
            // Without a declared length: counted as it comes.
            try await live.withClient { client async throws in
                var request = HTTPClientRequest(url: live.address.url + "/fhir")
                request.method = .POST
                request.headers.add(name: "Authorization", value: "Bearer \(House.clinician)")
                let chunks = (0..<30).map { _ in ByteBuffer(repeating: 0x20, count: 10_000) }
                request.body = .stream(chunks.async, length: .unknown)
                #expect(try await client.execute(request, timeout: .seconds(120)).status.code == 413)
            }
            #expect(house.requests.withLock { $0.count } == 2)
        }
    }

    @Test func readsNoBodyOfStrangers() async throws {
        try await LiveServer.run { live async throws in
            let head = "POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n"
            let (text, closed) = try await RawConnection.open(live) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head))
                return try await RawConnection.read(inbound, wait: .seconds(100))
            }
            #expect(text.hasPrefix("HTTP/1.1 401"))
            #expect(closed)
        }
    }

    @Test func boundsTargetHeadersAndParameters() async throws {
        try await LiveServer.run { live async throws in
            let long = String(repeating: "a", count: 9_000)
            let answer = try await live.send("GET", "/fhir/Patient?name=\(long)")
            #expect(answer.status == 414 && !answer.body.contains("aaaa"))
            let many = (0..<300).map { "a\($0)=1" }.joined(separator: "&")
            #expect(try await live.send("GET", "/fhir/Patient?\(many)").status == 400)
            let huge = String(repeating: "a", count: 200_000)
            for request in [
                "GET / HTTP/1.1\r\nHost: x\r\nX: \(huge)\r\n\r\n",
                "GET /\(huge) HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: y\r\n", count: 200) + "\r\n",
                "NONSENSE\r\n\r\n",
            ] {
                let text = try await RawConnection.exchange(live, request)
                #expect(text.hasPrefix("HTTP/1.1 400"))
            }
        }
    }

    @Test func closesSlowAndIdleConnections() async throws {
        try await LiveServer.run(configure: {
            $0.idleTimeout = .milliseconds(700)
            $0.requestTimeout = .milliseconds(900)
            $0.handshakeTimeout = .milliseconds(600)
        }) { live async throws in
            for (tls, text) in [
                (false, ""), (true, ""), (true, "GET / HTTP/1.1\r\nHos"),
                (
                    true,
                    "POST /fhir HTTP/1.1\r\nAuthorization: Bearer \(House.clinician)\r\n"
                        + "Content-Length: 10\r\n\r\n123"
                ),
            ] {
                let closed = try await RawConnection.open(live, tls: tls) { inbound, outbound in
                    // On a busy machine the limit may strike before the first byte is out.
                    do { try await outbound.write(ByteBuffer(string: text)) } catch { return true }
                    return try await RawConnection.read(inbound, wait: .seconds(100)).closed
                }
                #expect(closed, "\(text)")
            }
        }
    }

    @Test func oneAddressTakesOnlySoManyConnections() async throws {
        try await LiveServer.run(configure: { $0.maximumConnectionsPerAddress = 2 }) { live async throws in
            let ask = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
            @Sendable func answer() async -> String {
                do {
                    let last = ask.replacing("Host: x", with: "Host: x\r\nConnection: close")
                    return try await RawConnection.exchange(live, last, wait: .seconds(100))
                } catch { return "" }
            }
            try await RawConnection.open(live) { inbound, outbound in
                // Answered: so the server holds it.
                var first = inbound.makeAsyncIterator()
                try await outbound.write(ByteBuffer(string: ask))
                #expect(try await first.next() != nil)
                try await RawConnection.open(live) { inbound, outbound in
                    var second = inbound.makeAsyncIterator()
                    try await outbound.write(ByteBuffer(string: ask))
                    #expect(try await second.next() != nil)
                    let third = await answer()
                    #expect(third.isEmpty, "a third one is closed before the handshake")
                    withExtendedLifetime(second) {}
                }
                withExtendedLifetime(first) {}
            }
            // Both are given back when they close.
            var text = ""
            while !text.hasPrefix("HTTP/1.1 200") {
                text = await answer()
                if text.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            }
        }
    }

    @Test func sendsBusyRequestsAwayAndServesTheRest() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let house = House { _ in
            for await _ in gate.stream { break }
            return FHIRResponse(status: 200, body: [])
        }
        try await LiveServer.run(house.services, configure: { $0.maximumRequests = 1 }) { live async throws in
            try await live.withClient { client async throws in
                async let slow = live.send("GET", "/fhir/Patient/1", with: client)
                while house.last == nil { try await Task.sleep(for: .milliseconds(5)) }
                let refused = try await live.send("GET", "/fhir/Patient/2", with: client)
                #expect(refused.status == 503 && refused["retry-after"] == "1" && refused.body.contains("throttled"))
                gate.continuation.yield()
                #expect(try await slow.status == 200)
                gate.continuation.finish()
                #expect(try await live.send("GET", "/fhir/Patient/3", with: client).status == 200)
            }
        }
    }

    @Test func boundsBytesInFlight() async throws {
        try await LiveServer.run(configure: { $0.maximumBodyBytesInFlight = 200_000 }) { live async throws in
            let body = [UInt8](repeating: 0x20, count: 300_000)
            #expect(try await live.send("POST", "/fhir", body: body).status == 503)
            for _ in 0..<5 {
                #expect(try await live.send("POST", "/fhir", body: Array(body.prefix(150_000))).status == 200)
            }
        }
    }

    @Test func drainsWhatIsUnderWay() async throws {
        let house = House { _ in
            try await Task.sleep(for: .milliseconds(600))
            return FHIRResponse(status: 200, body: Array("{}".utf8))
        }
        for http2 in [false, true] {
            // Far longer than the test waits, so that neither limit ends what should end by itself.
            try await LiveServer.run(house.services, configure: { ($0.drainTimeout, $0.idleTimeout) = (.seconds(600), .seconds(600)) }) {
                live async throws in
                try await live.withClient(http2: http2) { client async throws in
                    house.requests.withLock { $0 = [] }
                    async let slow = live.send("GET", "/fhir/Patient/1", with: client)
                    while house.last == nil { try await Task.sleep(for: .milliseconds(5)) }
                    let start = ContinuousClock.now
                    await live.group.triggerGracefulShutdown()
                    #expect(try await slow.status == 200)
                    // What is idle does not hold up the end.
                    while (try? await RawConnection.exchange(live, "")) != nil {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(ContinuousClock.now - start < .seconds(500))
                }
            }
        }
    }

    @Test func drainIsBounded() async throws {
        let house = House { _ in
            try? await Task.sleep(for: .seconds(1_000))
            return FHIRResponse(status: 200, body: [])
        }
        try await LiveServer.run(house.services, configure: { $0.drainTimeout = .milliseconds(300) }) {
            live async throws in
            try await live.withClient { client async throws in
                let slow = Task { try await live.send("GET", "/fhir/Patient/1", with: client) }
                while house.last == nil { try await Task.sleep(for: .milliseconds(5)) }
                let start = ContinuousClock.now
                await live.group.triggerGracefulShutdown()
                await #expect(throws: (any Error).self) { try await slow.value }
                #expect(ContinuousClock.now - start < .seconds(500))
            }
        }
    }
}

extension Array where Element: Sendable {
    /// The elements as an asynchronous sequence.
    var async: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}
