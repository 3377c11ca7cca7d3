import Synchronization
import Testing
import WardAccess
import WardDatabase
import WardHTTP

@testable import WardIdentity

/// Walks the route table: every route without a credential, with a broken one, and with one that lacks the right.
@Suite struct UnauthorizedTests {
    @Test func theTableHasEveryEndpointOnce() {
        #expect(Endpoint.all.map(\.name.rawValue).sorted() == Endpoint.Name.allCases.map(\.rawValue).sorted())
    }

    @Test func everyRouteThatNeedsACredentialRefusesWithoutOne() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            let broken: [[(String, String)]] = [
                [], [("Authorization", "Bearer wrong")], [("Authorization", "Basic YTpi")],
                [("Authorization", "Bearer ")],
                [("Authorization", "Bearer \(House.clinician)"), ("Authorization", "Bearer \(House.clinician)")],
                [("Authorization", House.clinician)],
            ]
            var asked = 0
            for endpoint in Endpoint.all where endpoint.credential != .none {
                for method in endpoint.methods + ["OPTIONS"] {
                    let below = endpoint.name == .fhir ? ["/fhir/Patient/1", "/fhir/%zz", "/fhir/x/y/z"]
                        : endpoint.name == .audit ? ["/api/audit/denied", "/api/audit/x/y"] : []
                    for path in [endpoint.path] + below {
                        for headers in broken {
                            asked += 1
                            let answer = try await live.send(method, path, token: nil, headers: headers)
                            #expect(answer.status == 401, "\(method) \(path)")
                            #expect(answer["www-authenticate"]?.hasPrefix("Bearer") == true)
                        }
                    }
                }
            }
            #expect(house.last == nil)
            #expect(house.signedOut.withLock { $0.isEmpty })
            let told = house.refusals.withLock { $0 }
            #expect(told.count == asked, "each refusal is told to the audit log")
            #expect(Set(told) == Set(Endpoint.all.filter { $0.credential != .none }.map { "401 \($0.path) -" }))
        }
    }

    @Test func everyRouteThatNeedsARightRefusesThoseWithoutIt() async throws {
        try await LiveServer.run { live async throws in
            for endpoint in Endpoint.all {
                switch endpoint.permission {
                case .none, .signedIn: break
                // Decided by the layer below for each interaction; its own tests walk those.
                case .interaction: #expect(endpoint.credential == .bearer)
                case .readAudit:
                    for method in endpoint.methods {
                        #expect(try await live.send(method, endpoint.path + "/denied", token: House.clinician).status == 403)
                    }
                case .observe:
                    for method in endpoint.methods {
                        #expect(try await live.send(method, endpoint.path, token: House.importer).status == 403)
                    }
                }
            }
        }
    }

    @Test func whoSeesTheMetricsNeedsNoFreshFactorForIt() {
        let observe = EdgeServices.observers(PolicyEngine(resourceTypes: ["Patient"]))
        for role in Role.allCases {
            let stale = Caller(
                subject: .user(TimeOrderedIDs().nextLogicalID(), name: "ada"), role: role, session: nil,
                factors: [.password, .oneTimeCode], tenant: .first, source: "192.0.2.1", isFresh: false)
            let mayObserve = if case .permit = observe(stale) { true } else { false }
            #expect(mayObserve == [.administrator, .auditor, .privacyOfficer].contains(role), "\(role)")
        }
    }

    @Test func whenNobodyCanSayWhoCallsNobodyGetsIn() async throws {
        let house = House()
        house.unwell.withLock { $0 = ["sessions"] }
        try await LiveServer.run(house.services) { live async throws in
            #expect(try await live.send("GET", "/fhir/Patient/1").status == 503)
            #expect(house.last == nil)
        }
    }

    @Test func signsInAndOut() async throws {
        let house = House()
        try await LiveServer.run(house.services) { live async throws in
            func signIn(_ body: String, _ type: String = "application/json") async throws -> Answer {
                try await live.send(
                    "POST", "/auth/sign-in", token: nil, headers: [("Content-Type", type)], body: Array(body.utf8))
            }
            let good = try await signIn(#"{"name":"ada","password":"correct","code":"123456"}"#)
            #expect(good.status == 200)
            let expected = #"{"token":"clinician-token","idle_seconds":900,"expires_at":"2026-01-31T08:05:09.120Z"}"#
            #expect(good.body == expected)
            var wrong: Set<String> = []
            for body in [
                #"{"name":"ada","password":"wrong","code":"123456"}"#,
                #"{"name":"bob","password":"correct","code":"123456"}"#,
                #"{"name":"ada","password":"correct","code":"000000"}"#,
            ] {
                let answer = try await signIn(body)
                #expect(answer.status == 401)
                wrong.insert(String(answer.body.prefix { $0 != "," }))
            }
            #expect(wrong == [#"{"error":"Sign-in failed.""#])
            let throttled = try await signIn(#"{"name":"often","password":"correct","code":"123456"}"#)
            #expect(throttled.status == 429 && throttled["retry-after"] == "9")
            #expect(try await signIn(#"{"name":"later","password":"correct","code":"123456"}"#).status == 503)
            #expect(try await signIn("{}").status == 400)
            #expect(try await signIn(#"{"name":"ada","password":"correct","code":"123456","extra":1}"#).status == 400)
            #expect(try await signIn(#"{"name":1,"password":"correct","code":"123456"}"#).status == 400)
            #expect(try await signIn("{}", "text/plain").status == 415)
            #expect(try await signIn(String(repeating: " ", count: 5_000)).status == 413)
            #expect(try await live.send("POST", "/auth/sign-out").status == 204)
            #expect(house.signedOut.withLock { $0 } == [House.clinician])
        }
    }
}
