import Testing
import WardFHIR

@Suite struct FHIRDefinitionsTests {
    let r4 = FHIRDefinitions.r4

    @Test func knowsTheTypesOfR4() throws {
        #expect(r4.resourceTypes.count == 146)
        #expect(r4.resourceTypes.first == "Account" && r4.resourceTypes.last == "VisionPrescription")
        #expect(r4.types.filter { $0.kind == .primitive }.count == PrimitiveKind.allCases.count)
        #expect(r4.type(named: "Nothing") == nil)
        #expect(r4.resourceType(named: "DomainResource") == nil)
        #expect(r4.resourceType(named: "HumanName") == nil)
        let patient = try #require(r4.resourceType(named: "Patient"))
        let contact = try #require(patient.element(named: "contact"))
        #expect(contact.type.name == "Patient.contact" && contact.type.kind == .backbone)
        #expect(contact.type.base?.name == "BackboneElement")
        #expect(patient.base?.name == "DomainResource" && patient.base?.base?.name == "Resource")
        #expect(patient.isKind(of: try #require(r4.type(named: "Resource"))))
        #expect(r4.type(named: "code")?.base?.name == "string")
        #expect(r4.type(named: "Age")?.base?.name == "Quantity")
    }

    @Test func keepsElementsInOrderWithCardinalities() throws {
        let observation = try #require(r4.type(named: "Observation"))
        let names = observation.elements.map(\.name)
        #expect(names.prefix(9) == [
            "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
            "identifier",
        ])
        #expect(names.last == "component")
        let status = try #require(observation.element(named: "status")).element
        #expect(status.min == 1 && status.max == 1 && !status.isList && status.isModifier && status.isSummary)
        #expect(observation.element(named: "category")?.element.max == nil)
        #expect(observation.elements.enumerated().allSatisfy { $0 == $1.index })
    }

    @Test func resolvesChoicesAndSiblings() throws {
        let observation = try #require(r4.type(named: "Observation"))
        let quantity = try #require(observation.element(named: "valueQuantity"))
        #expect(quantity.element.name == "value" && quantity.element.isChoice && quantity.type.name == "Quantity")
        let text = try #require(observation.element(named: "valueString"))
        #expect(text.element === quantity.element && text.type.primitive == .string)
        let sibling = try #require(observation.element(named: "_valueString"))
        #expect(sibling.isSibling && sibling.type.primitive == .string)
        #expect(observation.element(named: "_valueQuantity") == nil)
        #expect(observation.element(named: "value") == nil)
        #expect(observation.element(named: "valueAddress") == nil)
        #expect(observation.element(named: "resourceType") == nil)
        #expect(observation.element(named: "") == nil && observation.element(named: "_") == nil)
        #expect(observation.element(pathName: "value") === quantity.element)
        #expect(observation.element(pathName: "valueQuantity") == nil)
        #expect(quantity.element.jsonName(for: text.type) == "valueString")
    }

    @Test func sharesTheTypeOfAContentReference() throws {
        let component = try #require(r4.type(named: "Observation.component"))
        let range = try #require(component.element(named: "referenceRange"))
        #expect(range.type === r4.type(named: "Observation.referenceRange"))
        #expect(range.element.contentReference == "#Observation.referenceRange")
    }

    @Test func givesIdsTheirTypes() throws {
        #expect(r4.type(named: "Patient")?.element(named: "id")?.type.primitive == .id)
        #expect(r4.type(named: "HumanName")?.element(named: "id")?.type.primitive == .string)
        #expect(r4.type(named: "Extension")?.element(named: "url")?.type.primitive == .uri)
        #expect(r4.type(named: "Narrative")?.element(named: "div")?.type.primitive == .xhtml)
        #expect(r4.type(named: "Patient")?.element(named: "contained")?.type.name == "Resource")
        #expect(r4.type(named: "Bundle.entry")?.element(named: "resource")?.type.isAbstract == true)
        #expect(r4.type(named: "string")?.elements.map(\.name) == ["id", "extension"])
    }

    @Test func namesReferenceTargets() throws {
        let observation = try #require(r4.type(named: "Observation"))
        let subject = try #require(observation.element(named: "subject")).element
        #expect(subject.referenceTargets == ["Patient", "Group", "Device", "Location"])
        #expect(observation.element(named: "focus")?.element.referenceTargets == ["Resource"])
    }

    @Test func cutsSearchExpressionsToTheType() throws {
        let code = try #require(r4.searchParameter("code", for: "Condition"))
        #expect(code.expression == "Condition.code" && code.type == .token && code.base == "Condition")
        #expect(code.url == "http://hl7.org/fhir/SearchParameter/clinical-code")
        let phone = try #require(r4.searchParameter("phone", for: "Patient"))
        #expect(phone.expression == "Patient.telecom.where(system='phone')")
        #expect(r4.searchParameter("combo-code", for: "Observation")?.expression
            == "Observation.code | Observation.component.code")
        #expect(r4.searchParameter("_id", for: "Patient")?.base == "Resource")
        #expect(r4.searchParameter("_text", for: "Patient")?.base == "DomainResource")
        #expect(r4.searchParameter("_text", for: "Binary") == nil)
        #expect(r4.searchParameter("patient", for: "Observation")?.targets.contains("Patient") == true)
        #expect(r4.searchParameters(for: "Observation").count == 47)
        #expect(r4.searchParameters(for: "Nothing").isEmpty)
    }

    @Test func placesTypesInCompartments() throws {
        #expect(r4.compartments == ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"])
        let patient = try #require(r4.compartment("Patient"))
        #expect(patient.parameters(for: "AllergyIntolerance") == ["patient", "recorder", "asserter"])
        #expect(patient.parameters(for: "ActivityDefinition").isEmpty)
    }

    @Test func everyNameOfEveryElementResolves() {
        for type in r4.types {
            for element in type.elements {
                #expect(!element.types.isEmpty)
                for one in element.types {
                    let found = type.element(named: element.jsonName(for: one))
                    #expect(found?.element === element && found?.type === one)
                }
            }
        }
    }
}
