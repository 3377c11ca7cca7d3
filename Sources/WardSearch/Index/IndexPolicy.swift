/// Which search parameters have terms in the blind index: the allow-list.
///
/// Every term costs space and says something to whoever reads the database, so only what people search by is here. Every other parameter
/// works too, by opening the filter records of the candidates that the rest of the query leaves.
/// Source: `design/sealing.md`, "Blind index".
enum IndexPolicy {
    /// Searched across patients. The lower the rank, the fewer records a value is expected to have.
    static func populationRank(_ code: String) -> Int? { population[code] }

    /// Searched together with a patient, by the codes of tokens. The lower the rank, the fewer records a value is expected to have.
    static func compartmentRank(_ code: String) -> Int? { compartment[code] }

    /// Parameters whose values are all values of others, which have the terms.
    static func parts(of code: String) -> [String] { parts[code] ?? [code] }

    private static let population: [String: Int] = [
        // Tokens.
        "identifier": 0, "email": 1, "phone": 1, "telecom": 1,
        "code": 20, "component-code": 20, "vaccine-code": 20, "specialty": 20,
        // Strings.
        "family": 10, "name": 10, "given": 12, "address-postalcode": 14, "address-city": 16,
        // References.
        "patient": 2, "subject": 2, "encounter": 2, "context": 2, "based-on": 3, "part-of": 3, "target": 3, "beneficiary": 2,
        "practitioner": 30, "organization": 30, "general-practitioner": 30,
        // Dates.
        "birthdate": 18, "death-date": 18, "date": 40, "authoredon": 40, "authored": 40, "onset-date": 40, "recorded-date": 40,
        "created": 40, "effective": 40, "issued": 40, "period": 40, "started": 40, "recorded": 40,
        // URIs of definitions.
        "url": 0,
    ]

    private static let compartment: [String: Int] = [
        "code": 0, "component-code": 0, "vaccine-code": 0, "type": 5, "category": 10,
    ]

    private static let parts: [String: [String]] = ["combo-code": ["code", "component-code"]]

    /// Parameters with so few values that a term alone would split the records into classes that anyone can tell apart. They stand in
    /// neither list above; a test holds this.
    static let neverAlone: Set<String> = [
        "active", "gender", "deceased", "status", "clinical-status", "verification-status", "intent", "priority", "address-use",
        "address-state", "address-country", "language", "use", "experimental", "experiment", "kind", "mode", "outcome", "severity",
        "criticality", "lifecycle-status", "achievement-status", "document-status", "docstatus", "req-status", "enrollment-status",
        "part-status", "status-reason", "value", "confidentiality", "security-label", "_security", "_tag", "_profile", "_source",
    ]
}
