import Testing
import WardFHIR
import WardRecords

/// Never silently ignored: parameters and forms of the answer. Source: https://hl7.org/fhir/R4/http.html#parameters
@Suite struct ParameterTests {
    @Test(arguments: ["_elements=id", "_summary=true", "foo=bar"])
    func parametersThatMeanNothingAreRefused(parameter: String) async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient)
        let body = #"{"resourceType":"Patient","id":"a"}"#
        for (method, url, body) in [
            ("GET", known, ""), ("GET", "\(known)/_history/1", ""), ("POST", "Patient", Text.patient), ("PUT", "Patient/a", body),
            ("DELETE", known, ""), ("POST", "", #"{"resourceType":"Bundle","type":"batch"}"#),
        ] {
            let reply = try await ward.send(method, "\(url)?\(parameter)", body)
            #expect(reply.status == 400 && reply.place == String(parameter.prefix { $0 != "=" }), "\(method) \(url)")
        }
        let entries = [Text.entry("POST", "Patient?\(parameter)", Text.patient), Text.entry("GET", "\(known)?\(parameter)")]
        #expect(try await ward.bundle("batch", entries).statuses == ["400", "400"])
        #expect(try await ward.bundle("transaction", entries).status == 400)
        let lenient = try await ward.send("GET", "\(known)?\(parameter)") { $0.prefer = "handling=lenient" }
        #expect(lenient.status == 200 && lenient.response.isLenient)
    }

    @Test func theFormIsJSONOrRefused() async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient)
        for url in [known, "Patient", "\(known)/_history"] {
            for format in ["json", "application/json", "application/fhir+json", "application/fhir json"] {
                #expect(try await ward.send("GET", "\(url)?_format=\(format)") { $0.accept = "text/html" }.status == 200, "\(format)")
            }
            for format in ["xml", "application/fhir+xml", "ttl", ""] {
                #expect(try await ward.send("GET", "\(url)?_format=\(format)").status == 406, "\(format)")
            }
            for (accept, status) in [
                ("application/fhir+xml", 406), ("text/html", 406), ("application/fhir+json; fhirVersion=3.0", 406),
                ("application/json;q=0", 406), ("text/html, application/*;q=0.5", 200), ("application/fhir+json", 200),
                ("application/json", 200), ("text/html,application/xhtml+xml,*/*;q=0.8", 200), ("*/*", 200), ("", 200),
            ] {
                #expect(try await ward.send("GET", url) { $0.accept = accept }.status == status, "\(accept)")
            }
        }
    }

    @Test func theBodyIsJSONInUTF8() async throws {
        let ward = try await Ward()
        let bundle = #"{"resourceType":"Bundle","type":"batch"}"#
        for (type, status) in [
            ("application/fhir+json; charset=utf-16", 415), ("text/plain", 415), ("application/fhir+json; fhirVersion=3.0", 415),
            ("application/fhir+json; fhirVersion=4.0; charset=\"UTF-8\"", 201), ("application/json", 201),
        ] {
            #expect(try await ward.send("POST", "Patient", Text.patient) { $0.contentType = type }.status == status, "\(type)")
            let answer = try await ward.send("POST", "", bundle) { $0.contentType = type }
            #expect(answer.status == (status == 201 ? 200 : 415), "\(type)")
        }
    }

    @Test func prettyMeansManyLinesEverywhere() async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient("pretty"))
        _ = try await ward.create(Text.patient)
        for url in [known, "Patient", "\(known)/_history", "\(known)/_history/1"] {
            let compact = try await ward.send("GET", "\(url)?_pretty=false")
            let pretty = try await ward.send("GET", "\(url)?_pretty=true")
            #expect(compact.status == 200 && !compact.text.contains("\n"))
            #expect(pretty.text.hasPrefix("{\n  \"resourceType\": "), "\(pretty.text)")
            #expect(try await ward.send("GET", "\(url)?_pretty=x").status == 400)
        }
        let page = try await ward.send("GET", "Patient?_count=1&_pretty=true")
        let next = page.json["link"]?.elements.first { $0["relation"]?.string == "next" }?["url"]?.string ?? ""
        let second = try await ward.send("GET", String(next.dropFirst(Ward.base.count + 1)))
        #expect(second.status == 200 && second.text.contains("\n"))
    }

    @Test func historiesTellWhereTheyAre() async throws {
        let ward = try await Ward()
        let known = try await ward.create(Text.patient)
        for number in ["+1", "01", "0", "x", "1x"] {
            #expect(try await ward.send("GET", "\(known)/_history/\(number)").status == 404, "\(number)")
            #expect(try await ward.send("GET", "\(known)/_history?_count=\(number)").status == 400, "\(number)")
        }
        let reply = try await ward.send("GET", "\(known)/_history?_count=7")
        #expect(reply.json["link"]?.elements.first { _ in true }?["url"]?.string == "\(Ward.base)/\(known)/_history?_count=7")
    }
}
