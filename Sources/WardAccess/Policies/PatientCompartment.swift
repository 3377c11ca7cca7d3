internal import WardDatabase
internal import WardFHIR
internal import WardIdentity

/// What belongs to one patient, as constraints that a search can hold. Source: FHIR R4, CompartmentDefinition/patient;
/// SMART App Launch 2.2, `patient/` scopes.
struct PatientCompartment: Sendable {
    /// Types that say nothing of any patient and that apps need beside one's record: open to read and search.
    static let unbound: Set<String> = [
        "HealthcareService", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole",
    ]

    /// The compartment of FHIR R4.
    static let r4 = PatientCompartment(
        parameters: FHIRDefinitions.r4.compartment("Patient")?.parameters ?? [:])

    private let parameters: [String: [String]]

    init(parameters: [String: [String]]) {
        self.parameters = parameters.mapValues { $0.filter { !$0.hasPrefix("{") } }.filter { !$0.value.isEmpty }
    }

    /// The types that can be in it, and those that are open beside it.
    var types: Set<String> { Set(parameters.keys).union(Self.unbound).union(["Patient"]) }

    /// The alternatives by which a resource of `type` belongs to the patient: the patient itself by id, others by each
    /// parameter that places them. Empty where the type never belongs to one.
    func clauses(for type: String, of patient: LogicalID) -> [[Scope.Constraint]] {
        if type == "Patient" { return [[Scope.Constraint(parameter: "_id", value: patient.text)]] }
        if Self.unbound.contains(type) { return [[]] }
        return (parameters[type] ?? []).map { [Scope.Constraint(parameter: $0, value: "Patient/\(patient.text)")] }
    }
}
