import Testing
import WardFHIR
import WardTesting

@Suite struct StructureValidatorTests {
    private static let validator = StructureValidator(.r4)

    private func issues(_ text: String, expecting type: String? = nil) throws -> [String] {
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        return Self.validator.validate(root, expecting: type).map { "\($0.code.rawValue) \($0.path)" }
    }

    @Test(arguments: [
        #"{"resourceType":"Patient"}"#,
        #"{"id":"a","active":true,"resourceType":"Patient"}"#,
        #"{"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"id":"x"}]}]}"#,
        #"{"resourceType":"Patient","name":[{"given":[null,"B"],"_given":[{"id":"x"},null]}]}"#,
        #"{"resourceType":"Patient","name":[{"_given":[{"id":"x"},{"id":"y"}]}]}"#,
        #"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u:x","valueCode":"unknown"}]}}"#,
        #"{"resourceType":"Patient","birthDate":"1970-03-30","_birthDate":{"id":"a"}}"#,
        #"{"resourceType":"Patient","\u0061ctive":true}"#,
        #"{"resourceType":"Patient","deceasedBoolean":false,"_deceasedBoolean":{"id":"a"}}"#,
        #"""
            {"resourceType":"Patient","multipleBirthInteger":2,"extension":[{"url":"a:b","extension":
            [{"url":"c","valueInteger":1}]}]}
            """#,
        #"{"resourceType":"Observation","_status":{"id":"a"},"code":{"text":"x"},"valueQuantity":{"value":1.50}}"#,
        #"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]}"#,
        #"""
            {"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient",
            "contained":[{"resourceType":"Basic","code":{"text":"x"}}]}}]}
            """#,
        #"""
            {"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group",
            "item":[{"linkId":"2","type":"group","item":[{"linkId":"3","type":"string"}]}]}]}
            """#,
        #"""
            {"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b",
            "resource":{"resourceType":"Patient"}}]}]}
            """#,
    ])
    func valid(_ text: String) throws {
        #expect(try issues(text) == [])
    }

    @Test(arguments: [
        (#"{"resourceType":"Patient","foo":1}"#, ["structure Patient.foo"]),
        (#"{"resourceType":"Patient","John Smith":1}"#, ["structure Patient.*"]),
        (#"{"resourceType":"Patient","_name":[{}]}"#, ["structure Patient._name"]),
        (#"{"resourceType":"Patient","name":{"family":"x"}}"#, ["structure Patient.name"]),
        (#"{"resourceType":"Patient","birthDate":["2000"]}"#, ["structure Patient.birthDate"]),
        (#"{"resourceType":"Patient","active":"true"}"#, ["structure Patient.active"]),
        (#"{"resourceType":"Patient","birthDate":2000}"#, ["structure Patient.birthDate"]),
        (#"{"resourceType":"Patient","birthDate":null}"#, ["structure Patient.birthDate"]),
        (#"{"resourceType":"Patient","maritalStatus":null}"#, ["structure Patient.maritalStatus"]),
        (#"{"resourceType":"Patient","maritalStatus":"M"}"#, ["structure Patient.maritalStatus"]),
        (#"{"resourceType":"Patient","maritalStatus":{}}"#, ["structure Patient.maritalStatus"]),
        (#"{"resourceType":"Patient","name":[]}"#, ["structure Patient.name"]),
        (#"{"resourceType":"Patient","name":[{"family":""},{}]}"#,
            ["structure Patient.name[0].family", "structure Patient.name[1]"]),
        (#"{"resourceType":"Patient","name":[null]}"#, ["structure Patient.name[0]"]),
        (#"{"resourceType":"Patient","name":[[{"family":"x"}]]}"#, ["structure Patient.name[0]"]),
        (#"{"resourceType":"Patient","name":[{"id":"x"}]}"#, ["invariant Patient.name[0]"]),
        (#"{"resourceType":"Patient","name":[{"given":["a",null]}]}"#, ["structure Patient.name[0].given[1]"]),
        (#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[{"id":"x"},null]}]}"#,
            ["structure Patient.name[0].given[1]", "structure Patient.name[0].given[1]"]),
        (#"{"resourceType":"Patient","name":[{"given":["a","b"],"_given":[{"id":"x"}]}]}"#,
            ["structure Patient.name[0].given"]),
        (#"{"resourceType":"Patient","name":[{"_given":[null,{"id":"y"}]}]}"#, ["structure Patient.name[0].given[0]"]),
        (#"{"resourceType":"Patient","_birthDate":{"value":"x"}}"#, ["structure Patient.birthDate.value"]),
        (#"{"resourceType":"Patient","_birthDate":[{"id":"x"}]}"#, ["structure Patient.birthDate"]),
        (#"{"resourceType":"Patient","deceased":true}"#, ["structure Patient.deceased"]),
        (#"{"resourceType":"Patient","deceasedString":"x"}"#, ["structure Patient.deceasedString"]),
        (#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2000"}"#,
            ["structure Patient.deceasedDateTime"]),
        (#"{"resourceType":"Patient","_deceasedBoolean":{"id":"a"},"deceasedDateTime":"2000"}"#,
            ["structure Patient.deceasedDateTime"]),
        (#"{"resourceType":"Patient","extension":[{"url":"a"}]}"#, ["invariant Patient.extension[0]"]),
        (#"{"resourceType":"Patient","extension":[{"valueCode":"a"}]}"#, ["required Patient.extension[0].url"]),
        (#"""
            {"resourceType":"Patient","extension":[{"url":"a","valueCode":"a","extension":[{"url":"b",
            "valueId":"c"}]}]}
            """#,
            ["invariant Patient.extension[0]"]),
        (#"{"resourceType":"Observation","valueInteger":1}"#,
            ["required Observation.status", "required Observation.code"]),
        (#"""
            {"resourceType":"MedicationRequest","status":"active","intent":"order",
            "subject":{"reference":"Patient/1"}}
            """#,
            ["required MedicationRequest.medication[x]"]),
        (#"{"resourceType":"Patient","link":[{"type":"refer"}]}"#, ["required Patient.link[0].other"]),
        (#"""
            {"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group",
            "item":[{"type":"string"}]}]}
            """#,
            ["required Questionnaire.item[0].item[0].linkId"]),
        (#"""
            {"resourceType":"Patient","contained":[{"resourceType":"Basic","code":{"text":"x"},
            "contained":[{"resourceType":"Patient"}]}]}
            """#,
            ["structure Patient.contained[0].contained"]),
        (#"{"resourceType":"Patient","contained":[{"id":"x"}]}"#, ["structure Patient.contained[0].resourceType"]),
        (#"{"resourceType":"Patient","contained":["x"]}"#, ["structure Patient.contained[0]"]),
        (#"{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","birthDate":"x"}}]}"#,
            ["value Bundle.entry[0].resource.birthDate"]),
        (#"{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Thing"}}]}"#,
            ["structure Bundle.entry[0].resource.resourceType"]),
        (#"{"resourceType":"Patient","maritalStatus":{"resourceType":"x","text":"y"}}"#,
            ["structure Patient.maritalStatus.resourceType"]),
        (#"{"resourceType":"DomainResource"}"#, ["structure Resource.resourceType"]),
        (#"{"resourceType":"HumanName"}"#, ["structure Resource.resourceType"]),
        (#"{"resourceType":1}"#, ["structure Resource.resourceType"]),
        ("{}", ["structure Resource.resourceType"]), ("[]", ["structure Resource"]), ("null", ["structure Resource"]),
    ] as [(String, [String])])
    func invalid(_ text: String, _ expected: [String]) throws {
        #expect(try issues(text) == expected)
    }

    @Test func checksTheExpectedType() throws {
        #expect(try issues(#"{"resourceType":"Patient"}"#, expecting: "Patient") == [])
        #expect(try issues(#"{"resourceType":"Patient"}"#, expecting: "Basic") == ["invalid Patient.resourceType"])
    }

    @Test func validatesASubtree() throws {
        let root = try JSONDocument(parsing: Array(
            #"{"entry":[{"resource":{"resourceType":"Patient","birthDate":"0000"}}]}"#.utf8)).root
        let resource = try #require(root["entry"]?.elements.first { _ in true }?["resource"])
        #expect(Self.validator.validate(resource).map(\.path) == ["Patient.birthDate"])
    }

    @Test func reportsFiftyAtMostAndNoValues() throws {
        let names = (0..<80).map { _ in #"{"given":["secret\u0000"]}"# }.joined(separator: ",")
        let root = try JSONDocument(parsing: Array("{\"resourceType\":\"Patient\",\"name\":[\(names)]}".utf8)).root
        let issues = Self.validator.validate(root)
        #expect(issues.count == 50)
        let error = try #require(FHIRError(issues))
        #expect(error.status == 400)
        #expect(!String(decoding: error.outcome.serialized(), as: UTF8.self).contains("secret"))
        #expect(FHIRError([]) == nil)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func damageIsReportedAndNeverACrash(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let whole = Array(#"""
            {"resourceType":"Patient","contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"}}],
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b id='a'>&#65;</b></div>"},
            "name":[{"given":["a",null],"_given":[null,{"id":"x"}],"period":{"start":"2000-01-01T00:00:00Z"}}],
            "deceasedBoolean":true,"_deceasedBoolean":{"extension":[{"url":"urn:a","valueDecimal":1.50}]}}
            """#.utf8)
        var read = 0
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<3 {
                let other = bytes[Int.random(in: 0..<bytes.count, using: &random)]
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = other
            }
            guard let root = try? JSONDocument(parsing: bytes).root else { continue }
            read += 1
            #expect(Self.validator.validate(root).count <= StructureValidator.maximumIssues)
        }
        #expect(read > 0)
    }

    @Test func everyTypeFitsAPlan() {
        #expect(FHIRDefinitions.r4.types.map(\.elements.count).max() ?? 0 <= 128)
    }
}
