/// A code of a terminology with the words for people.
struct SyntheticCode: Sendable {
    let system: String
    let code: String
    let display: String
}

/// What happens to the people of the population: a few common things, with the codes that the field uses.
enum SyntheticCodes {
    /// A condition, from which age on it is seen, and what is prescribed for it (RxNorm), if anything.
    struct Condition: Sendable {
        let code: SyntheticCode
        let fromAge: Int
        let percent: Int
        let medication: SyntheticCode?
    }

    static let conditions: [Condition] = [
        .init(code: snomed("38341003", "Hypertensive disorder"), fromAge: 40, percent: 40,
              medication: rxnorm("314076", "lisinopril 10 MG Oral Tablet")),
        .init(code: snomed("44054006", "Diabetes mellitus type 2"), fromAge: 45, percent: 18,
              medication: rxnorm("860975", "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet")),
        .init(code: snomed("195967001", "Asthma"), fromAge: 5, percent: 12,
              medication: rxnorm("745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler")),
        .init(code: snomed("55822004", "Hyperlipidemia"), fromAge: 45, percent: 30,
              medication: rxnorm("617312", "atorvastatin 20 MG Oral Tablet")),
        .init(code: snomed("195662009", "Acute viral pharyngitis"), fromAge: 1, percent: 35, medication: nil),
        .init(code: snomed("444814009", "Viral sinusitis"), fromAge: 10, percent: 35, medication: nil),
    ]

    static let vaccines: [SyntheticCode] = [
        .init(system: "http://hl7.org/fhir/sid/cvx", code: "140", display: "Influenza, seasonal, injectable, preservative free"),
        .init(system: "http://hl7.org/fhir/sid/cvx", code: "115", display: "Tdap"),
        .init(system: "http://hl7.org/fhir/sid/cvx", code: "133", display: "Pneumococcal conjugate PCV 13"),
    ]

    static let bloodPressure = loinc("85354-9", "Blood pressure panel with all children optional")
    static let systolic = loinc("8480-6", "Systolic blood pressure")
    static let diastolic = loinc("8462-4", "Diastolic blood pressure")

    /// A measurement of one value: code, unit in UCUM, lowest and highest value in tenths.
    struct Measure: Sendable {
        let code: SyntheticCode
        let unit: String
        let tenths: ClosedRange<Int>
        let category: String
    }

    static let measures: [Measure] = [
        .init(code: loinc("8867-4", "Heart rate"), unit: "/min", tenths: 560...960, category: "vital-signs"),
        .init(code: loinc("8310-5", "Body temperature"), unit: "Cel", tenths: 361...374, category: "vital-signs"),
        .init(code: loinc("29463-7", "Body weight"), unit: "kg", tenths: 520...980, category: "vital-signs"),
        .init(code: loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"), unit: "%", tenths: 48...62, category: "laboratory"),
        .init(code: loinc("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma"), unit: "mg/dL", tenths: 1_500...2_300,
              category: "laboratory"),
        .init(code: loinc("38483-4", "Creatinine [Mass/volume] in Blood"), unit: "mg/dL", tenths: 6...13, category: "laboratory"),
    ]

    static let families = ["Albers", "Brandt", "Castell", "Dorning", "Eberle", "Falk", "Garrow", "Hollis", "Ingram", "Jessop", "Kerr", "Lindqvist"]
    static let women = ["Ada", "Berta", "Clara", "Dora", "Edith", "Frieda", "Greta", "Hilda"]
    static let men = ["Anton", "Bruno", "Carl", "David", "Emil", "Felix", "Gustav", "Hugo"]
    static let streets = ["Birch Lane", "Harbor Road", "Mill Street", "Orchard Way", "Station Street"]
    static let cities = [("Lynfield", "MA", "01940"), ("Northport", "ME", "04849"), ("Ashby", "MA", "01431")]

    private static func snomed(_ code: String, _ display: String) -> SyntheticCode {
        SyntheticCode(system: "http://snomed.info/sct", code: code, display: display)
    }

    private static func loinc(_ code: String, _ display: String) -> SyntheticCode {
        SyntheticCode(system: "http://loinc.org", code: code, display: display)
    }

    private static func rxnorm(_ code: String, _ display: String) -> SyntheticCode {
        SyntheticCode(system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: code, display: display)
    }
}
