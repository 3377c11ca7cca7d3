import Synchronization
import Testing
import WardHTTP
import WardRecords

@Suite struct FHIRRouteTests {
    @Test func givesTheServiceWhatTheClientSaid() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            let answer = try await live.send(
                "PUT", "/fhir/Patient/a%2Db?_format=json&name=A%20B+C%26&empty=&flag",
                headers: [
                    ("If-Match", "W/\"3\""), ("If-None-Match", "*"), ("If-Modified-Since", "x"),
                    ("If-None-Exist", "a=b"),
                    ("Prefer", "return=minimal"), ("Prefer", "handling=strict"), ("Accept", "application/fhir+json"),
                    ("Content-Type", "application/fhir+json"),
                ], body: Array(#"{"a":1.0}"#.utf8))
            let request = try #require(house.last)
            #expect(request.method == "PUT" && request.path == ["Patient", "a-b"])
            let query = request.query.map { "\($0.name)=\($0.value)" }
            #expect(query == ["_format=json", "name=A B C&", "empty=", "flag="])
            #expect(request.ifMatch == "W/\"3\"" && request.ifNoneMatch == "*" && request.ifModifiedSince == "x")
            #expect(request.ifNoneExist == "a=b" && request.prefer == "return=minimal, handling=strict")
            #expect(request.accept == "application/fhir+json" && request.contentType == "application/fhir+json")
            #expect(request.body == Array(#"{"a":1.0}"#.utf8))
            #expect(request.requestID == answer["x-request-id"])
            #expect(request.source == "127.0.0.1" && request.baseURL == live.address.url + "/fhir")
            for path in ["/fhir", "/fhir/", "/fhir?x=1"] {
                #expect(try await live.send("POST", path, body: [0x7B, 0x7D]).status == 200)
                #expect(house.last?.path == [])
            }
        }
    }

    @Test func givesTheClientWhatTheServiceSaid() async throws {
        let house = House { _ in
            FHIRResponse(
                status: 201, body: Array(#"{"resourceType":"Patient"}"#.utf8), version: 7,
                updatedAt: 784_111_777_900_000,
                location: "Patient/1/_history/7", retryAfter: 3)
        }
        try await LiveServer.run(house.services) { live async throws in
            for http2 in [false, true] {
                let answer = try await live.send("POST", "/fhir/Patient", body: [0x7B, 0x7D], http2: http2)
                #expect(answer.version == (http2 ? "HTTP/2.0" : "HTTP/1.1"))
                #expect(answer.status == 201 && answer.body == #"{"resourceType":"Patient"}"#)
                #expect(answer["etag"] == "W/\"7\"" && answer["last-modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
                #expect(answer["location"] == live.address.url + "/fhir/Patient/1/_history/7")
                #expect(answer["content-type"] == "application/fhir+json; fhirVersion=4.0; charset=utf-8")
                #expect(answer["retry-after"] == "3")
                #expect(answer["content-length"] == "26")
            }
            let head = try await live.send("HEAD", "/fhir/Patient/1")
            #expect(house.last?.method == "GET" && head.body.isEmpty && head["etag"] == "W/\"7\"")
        }
    }

    @Test(arguments: [
        "/fhir/Patient/%zz", "/fhir/Patient/%4", "/fhir/Patient/%ff", "/fhir/Patient/%00", "/fhir//Patient",
        "/fhir/../Patient",
        "/fhir/Patient/a%2Fb", "/fhir/%2e%2e/x", "/fhir/Patient?name=%zz", "/fhir/Patient?name=%c3%28",
        "/fhir/Patient?=x",
    ])
    func refusesWhatIsNotWellFormed(path: String) async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            let answer = try await RawConnection.exchange(
                live,
                "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(House.clinician)\r\n"
                    + "Connection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(answer.contains("OperationOutcome"))
            #expect(house.last == nil)
        }
    }

    @Test(arguments: ["If-Match", "If-None-Exist", "If-Modified-Since", "If-Unmodified-Since", "Content-Type"])
    func refusesFieldsThatMayStandOnce(name: String) async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            let twice = try await live.send(
                "PUT", "/fhir/Patient/1", headers: [(name, "W/\"1\""), (name, "W/\"2\"")], body: [0x7B, 0x7D])
            #expect(twice.status == 400 && twice.body.contains("OperationOutcome"))
            #expect(house.last == nil)
            #expect(try await live.send("PUT", "/fhir/Patient/1", headers: [(name, "x")], body: [0x7B, 0x7D]).status == 200)
        }
    }

    @Test func namesTheMethodsThatAreOffered() async throws {
        let house = House { _ in
            var response = FHIRResponse(status: 405)
            response.allow = ["GET", "HEAD"]
            response.isLenient = true
            return response
        }
        try await LiveServer.run(house.services) { live async throws in
            let answer = try await live.send("PATCH", "/fhir/Patient/1", body: [0x7B, 0x7D])
            #expect(answer["allow"] == "GET, HEAD" && answer["preference-applied"] == "handling=lenient")
        }
    }

    @Test func metadataIsInTheFormThatIsAskedForOrRefused() async throws {
        try await LiveServer.run { live async throws in
            func status(_ query: String, accept: String = "application/fhir+json") async throws -> Int {
                try await live.send("GET", "/fhir/metadata\(query)", token: nil, headers: [("Accept", accept)]).status
            }
            #expect(try await status("") == 200)
            #expect(try await status("?mode=full&_format=json", accept: "text/html") == 200)
            #expect(try await status("", accept: "application/fhir+xml") == 406)
            #expect(try await status("?_format=xml") == 406)
            #expect(try await status("?mode=terminology") == 400)
            #expect(try await status("?_elements=rest") == 400)
            #expect(try await live.send("GET", "/fhir/metadata?_pretty=true", token: nil).body.hasPrefix("{\n  \"resourceType\""))
        }
    }

    @Test func takesParametersOfAFormAfterThoseOfTheURL() async throws {
        let house = House()
        try await LiveServer.run(house.services, configure: { $0.maximumQueryParameters = 4 }) { live async throws in
            func search(
                _ body: String, _ type: String? = "application/x-www-form-urlencoded; charset=UTF-8"
            ) async throws -> Int {
                try await live.send(
                    "POST", "/fhir/Patient/_search?a=1", headers: type.map { [("Content-Type", $0)] } ?? [],
                    body: Array(body.utf8)
                ).status
            }
            #expect(try await search("b=2&c=%C3%A9+x") == 200)
            #expect(house.last?.query.map { "\($0.name)=\($0.value)" } == ["a=1", "b=2", "c=é x"])
            #expect(house.last?.body == [])
            #expect(try await search("b=%") == 400)
            #expect(try await search("b=1&c=2&d=3&e=4") == 400)
            #expect(try await search("b=2", "application/json") == 415)
            #expect(try await search("", nil) == 200)
        }
    }

    @Test func failsClosedWhenTheAnswerCannotBeAudited() async throws {
        let house = House { _ in throw House.Unwell() }
        let log = LogLines()
        try await LiveServer.run(house.services, log: log) { live async throws in
            let answer = try await live.send("GET", "/fhir/Patient/1")
            #expect(answer.status == 503 && answer["retry-after"] == "5")
            #expect(answer.body.contains("OperationOutcome"))
            #expect(!answer.body.contains("Unwell"))
            #expect(log.text.contains(#""error":"Unwell""#))
        }
    }
}
