import Testing
import WardFHIR

@Suite struct PathNavigationTests {
    static let patient = """
        {"resourceType":"Patient","id":"p1","active":true,
         "name":[{"use":"official","family":"Chalmers","given":["Peter","James"]},
                 {"use":"usual","given":["Jim",null],"_given":[null,{"id":"g","extension":[{"url":"http://x/why",
                  "valueCode":"unknown"}]}]}],
         "telecom":[{"system":"phone","value":"1"},{"system":"email","value":"a@b"},{"system":"phone","value":"2"}],
         "_birthDate":{"extension":[{"url":"http://x/absent","valueBoolean":true}]},
         "deceasedDateTime":"2015-02-14T13:42:00+10:00",
         "contained":[{"resourceType":"Organization","id":"o1","name":"Org"}],
         "managingOrganization":{"reference":"#o1"}}
        """
    static let observation = """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},
         "subject":{"reference":"https://example.org/fhir/Patient/7/_history/2"},
         "valueQuantity":{"value":6.30,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"},
         "component":[{"code":{"text":"a"},"valueString":"low"},{"code":{"text":"b"},"valueQuantity":{"value":2}}]}
        """

    @Test(arguments: [
        ("Patient.name.given", ["Peter", "James", "Jim", "∅"]),
        ("name.family", ["Chalmers"]),
        ("Patient.name[1].given.first()", ["Jim"]),
        ("Patient.name[7]", []),
        ("Resource.id", ["p1"]),
        ("Observation.code", []),
        ("Patient.telecom.where(system='phone').value", ["1", "2"]),
        ("Patient.telecom.where(system = 'phone' and value = '2').value", ["2"]),
        ("Patient.deceased.exists() and Patient.deceased != false", ["true"]),
        ("(Patient.deceased as dateTime)", ["2015-02-14T13:42:00+10:00"]),
        ("Patient.deceased.as(boolean)", []),
        ("Patient.name.use.as(string)", []),
        ("Patient.name.use.as(code)", ["official", "usual"]),
        ("Patient.name.use.first() is string", ["true"]),
        ("Patient.deceased.ofType(dateTime)", ["2015-02-14T13:42:00+10:00"]),
        ("Patient.birthDate", ["∅"]),
        ("Patient.birthDate.extension('http://x/absent').value", ["true"]),
        ("Patient.birthDate.hasValue()", ["false"]),
        ("Patient.name.given.extension.where(url = 'http://x/why').value", ["unknown"]),
        ("Patient.managingOrganization.resolve().name", ["Org"]),
        ("Patient.managingOrganization.where(resolve() is Organization).reference", ["#o1"]),
        ("Patient.managingOrganization.where(resolve() is Patient)", []),
        ("Patient.active.value", ["true"]),
        ("Patient.children().count()", ["11"]),
        ("Patient.contained.name", ["Org"]),
        ("Patient.name.use | Patient.telecom.system", ["official", "usual", "phone", "email"]),
        ("Patient.nothing", []),
    ])
    func patient(expression: String, expected: [String]) throws {
        #expect(try PathText.values(expression, Self.patient) == expected)
    }

    @Test(arguments: [
        ("(Observation.value as Quantity).value", ["6.30"]),
        ("Observation.value.unit", ["mmol/l"]),
        ("Observation.valueQuantity", []),
        ("(Observation.value as CodeableConcept).text", []),
        ("Observation.component.value.ofType(string)", ["low"]),
        ("(Observation.component.value as Quantity).value", ["2"]),
        ("Observation.subject.where(resolve() is Patient).reference", [
            "https://example.org/fhir/Patient/7/_history/2",
        ]),
        ("Observation.subject.where(resolve() is Group)", []),
        ("Observation.subject.resolve()", ["→Patient"]),
        ("Observation.value is Quantity", ["true"]),
        ("Observation.value > 6 'mmol/L'", ["true"]),
        ("Observation.value.value = 6.3", ["true"]),
        ("Observation.code | Observation.component.code", [
            #"{"coding":[{"system":"http://loinc.org","code":"1"}]}"#, #"{"text":"a"}"#, #"{"text":"b"}"#,
        ]),
    ])
    func observation(expression: String, expected: [String]) throws {
        #expect(try PathText.values(expression, Self.observation) == expected)
    }

    @Test func valuesKnowTheirTypeAndSibling() throws {
        let document = try JSONDocument(parsing: Array(Self.patient.utf8))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: "Patient"))
        let given = try FHIRPath.compile("Patient.name.given").evaluate(resource: document.root, type: type)
        #expect(given.map(\.typeName) == ["string", "string", "string", "string"])
        #expect(given[0].element?.sibling == nil)
        #expect(given[3].element?.node == nil)
        #expect(given[3].element?.sibling?["id"]?.string == "g")
        let deceased = try FHIRPath.compile("Patient.deceased").evaluate(resource: document.root, type: type)
        #expect(deceased.map(\.typeName) == ["dateTime"])
        let contact = try FHIRPath.compile("Patient.contained").evaluate(resource: document.root, type: type)
        #expect(contact.map(\.typeName) == ["Organization"])
    }

    @Test func componentsGoOnFromAValue() throws {
        let document = try JSONDocument(parsing: Array(Self.observation.utf8))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: "Observation"))
        let components = try FHIRPath.compile("Observation.component").evaluate(resource: document.root, type: type)
        let value = try FHIRPath.compile("value.as(Quantity)")
        let found = try components.map { try value.evaluate(from: $0, resource: nil).count }
        #expect(found == [0, 1])
    }

    @Test(arguments: [
        ("Patient/1", "Patient"), ("Patient/1/_history/3", "Patient"), ("http://h/fhir/Patient/1", "Patient"),
        ("Patient?identifier=a|b", "Patient"), ("http://h/fhir/Group/1/_history/1", "Group"), ("urn:uuid:1", ""),
        ("Patient", ""), ("", ""), ("/1", ""), ("https://h", ""),
    ])
    func typeOfAReference(reference: String, expected: String) throws {
        let json = #"{"resourceType":"Observation","subject":{"reference":"\#(reference)"}}"#
        let found = try PathText.values("Observation.subject.resolve()", json)
        #expect(found == (expected.isEmpty ? [] : ["→" + expected]))
    }

    @Test func theTypeOfAReferenceMayBeGivenBesideIt() throws {
        let json = #"{"resourceType":"Observation","subject":{"reference":"urn:uuid:1","type":"Patient"}}"#
        let found = try PathText.values("Observation.subject.where(resolve() is Patient).reference", json)
        #expect(found == ["urn:uuid:1"])
    }
}
