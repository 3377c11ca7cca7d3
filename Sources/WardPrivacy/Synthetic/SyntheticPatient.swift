/// One invented person and the life of their record.
struct SyntheticPatient {
    private let number: Int
    private let today: CalendarDay
    private let birth: CalendarDay
    private let isWoman: Bool
    private let urn: String
    private let organization: String
    private let practitioner: String
    /// Which of the few houses and people who care for the population.
    private let house: Int

    init(number: Int, today: CalendarDay, random: inout SeededGenerator) {
        self.number = number
        self.today = today
        birth = today.adding(-random.whole(400...33_000))
        isWoman = random.chance(50)
        urn = random.urn()
        organization = random.urn()
        practitioner = random.urn()
        house = random.whole(1...3)
    }

    /// The transaction that brings the whole record.
    func bundle(_ random: inout SeededGenerator) -> [UInt8] {
        var bundle = SyntheticBundle()
        bundle.add("Organization", organization, organizationResource(), ifNoneExist: "identifier=\(Self.houses)|house-\(house)")
        bundle.add("Practitioner", practitioner, practitionerResource(), ifNoneExist: "identifier=\(Self.staff)|staff-\(house)")
        bundle.add("Patient", urn, patientResource(&random))
        var visits: [(urn: String, day: CalendarDay)] = []
        let span = max(300, min(today.number - birth.number, 3_650))
        for _ in 0..<random.whole(3...10) {
            visits.append((random.urn(), today.adding(-random.whole(1...span - 1))))
        }
        visits.sort { $0.day < $1.day }
        for visit in visits { bundle.add("Encounter", visit.urn, encounter(visit.day)) }
        addConditions(to: &bundle, visits, &random)
        for visit in visits { addMeasures(to: &bundle, visit, &random) }
        for vaccine in SyntheticCodes.vaccines where random.chance(60) {
            let visit = random.pick(visits)
            bundle.add("Immunization", random.urn(), immunization(vaccine, visit))
        }
        return bundle.finish()
    }

    private static let houses = "https://ward.example/synthetic/organization"
    private static let staff = "https://ward.example/synthetic/practitioner"
    private static let records = "https://ward.example/synthetic/mrn"

    private func age(on day: CalendarDay) -> Int { (day.number - birth.number) / 365 }

    private func organizationResource() -> [UInt8] {
        var writer = ResourceWriter("Organization")
        writer.one("identifier") { $0.text("system", Self.houses); $0.text("value", "house-\(house)") }
        writer.text("name", "Synthetic Health Centre \(house)")
        return writer.finish()
    }

    private func practitionerResource() -> [UInt8] {
        var writer = ResourceWriter("Practitioner")
        writer.one("identifier") { $0.text("system", Self.staff); $0.text("value", "staff-\(house)") }
        writer.one("name") { $0.text("family", "Example"); $0.texts("given", ["Doctor \(house)"]) }
        return writer.finish()
    }

    private func patientResource(_ random: inout SeededGenerator) -> [UInt8] {
        let given = random.pick(isWoman ? SyntheticCodes.women : SyntheticCodes.men)
        let family = random.pick(SyntheticCodes.families)
        let (city, state, code) = random.pick(SyntheticCodes.cities)
        let street = "\(random.whole(1...180)) \(random.pick(SyntheticCodes.streets))"
        let phone = "555-01\(random.whole(10...99))"
        var writer = ResourceWriter("Patient")
        writer.one("identifier") { writer in
            writer.concept("type", SyntheticCode(
                system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR", display: "Medical record number"))
            writer.text("system", Self.records)
            writer.text("value", "SYN-\(100_000 + number)")
        }
        writer.one("name") { $0.text("use", "official"); $0.text("family", family); $0.texts("given", [given]) }
        writer.one("telecom") { $0.text("system", "phone"); $0.text("value", phone); $0.text("use", "home") }
        writer.text("gender", isWoman ? "female" : "male")
        writer.text("birthDate", birth.text)
        writer.one("address") { writer in
            writer.texts("line", [street])
            writer.text("city", city)
            writer.text("state", state)
            writer.text("postalCode", code)
            writer.text("country", "US")
        }
        writer.reference("managingOrganization", organization)
        return writer.finish()
    }

    private func encounter(_ day: CalendarDay) -> [UInt8] {
        var writer = ResourceWriter("Encounter")
        writer.text("status", "finished")
        writer.object("class") { writer in
            writer.text("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode")
            writer.text("code", "AMB")
        }
        writer.concepts("type", SyntheticCode(
            system: "http://snomed.info/sct", code: "185345009", display: "Encounter for symptom"))
        writer.reference("subject", urn)
        writer.one("participant") { $0.reference("individual", practitioner) }
        writer.object("period") { $0.text("start", day.text(hour: 9, minute: 0)); $0.text("end", day.text(hour: 9, minute: 30)) }
        writer.reference("serviceProvider", organization)
        return writer.finish()
    }

    private func addConditions(
        to bundle: inout SyntheticBundle, _ visits: [(urn: String, day: CalendarDay)], _ random: inout SeededGenerator
    ) {
        for condition in SyntheticCodes.conditions {
            let visit = random.pick(visits)
            guard age(on: visit.day) >= condition.fromAge, random.chance(condition.percent) else { continue }
            var writer = ResourceWriter("Condition")
            writer.concept("clinicalStatus", SyntheticCode(
                system: "http://terminology.hl7.org/CodeSystem/condition-clinical", code: "active", display: "Active"))
            writer.concept("code", condition.code)
            writer.reference("subject", urn)
            writer.reference("encounter", visit.urn)
            writer.text("onsetDateTime", visit.day.text)
            let conditionURN = random.urn()
            bundle.add("Condition", conditionURN, writer.finish())
            guard let medication = condition.medication else { continue }
            var request = ResourceWriter("MedicationRequest")
            request.text("status", "active")
            request.text("intent", "order")
            request.concept("medicationCodeableConcept", medication)
            request.reference("subject", urn)
            request.reference("encounter", visit.urn)
            request.text("authoredOn", visit.day.text(hour: 9, minute: 25))
            request.reference("requester", practitioner)
            request.one("reasonReference") { $0.text("reference", conditionURN) }
            bundle.add("MedicationRequest", random.urn(), request.finish())
        }
    }

    private func addMeasures(
        to bundle: inout SyntheticBundle, _ visit: (urn: String, day: CalendarDay), _ random: inout SeededGenerator
    ) {
        let diastolic = random.whole(60...88)
        let pressures = [(SyntheticCodes.systolic, diastolic + random.whole(35...55)), (SyntheticCodes.diastolic, diastolic)]
        var panel = observation(SyntheticCodes.bloodPressure, "vital-signs", visit)
        panel.list("component", 2) { writer, index in
            writer.concept("code", pressures[index].0)
            writer.quantity("valueQuantity", tenths: pressures[index].1 * 10, unit: "mm[Hg]")
        }
        bundle.add("Observation", random.urn(), panel.finish())
        for measure in SyntheticCodes.measures where measure.category == "vital-signs" || random.chance(40) {
            var writer = observation(measure.code, measure.category, visit)
            writer.quantity("valueQuantity", tenths: random.whole(measure.tenths), unit: measure.unit)
            bundle.add("Observation", random.urn(), writer.finish())
        }
    }

    private func observation(
        _ code: SyntheticCode, _ category: String, _ visit: (urn: String, day: CalendarDay)
    ) -> ResourceWriter {
        var writer = ResourceWriter("Observation")
        writer.text("status", "final")
        writer.concepts("category", SyntheticCode(
            system: "http://terminology.hl7.org/CodeSystem/observation-category", code: category, display: category))
        writer.concept("code", code)
        writer.reference("subject", urn)
        writer.reference("encounter", visit.urn)
        writer.text("effectiveDateTime", visit.day.text(hour: 9, minute: 10))
        return writer
    }

    private func immunization(_ vaccine: SyntheticCode, _ visit: (urn: String, day: CalendarDay)) -> [UInt8] {
        var writer = ResourceWriter("Immunization")
        writer.text("status", "completed")
        writer.concept("vaccineCode", vaccine)
        writer.reference("patient", urn)
        writer.reference("encounter", visit.urn)
        writer.text("occurrenceDateTime", visit.day.text(hour: 9, minute: 20))
        return writer.finish()
    }
}
