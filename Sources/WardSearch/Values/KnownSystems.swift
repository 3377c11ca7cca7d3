/// Numbers for the URLs of code systems and identifier systems that occur in nearly every record.
///
/// The numbers are part of the filter record's format: append only, never reorder, never remove.
enum KnownSystems {
    /// The number of a system: its place in this list.
    static let urls: [String] = [
        "http://loinc.org",
        "http://snomed.info/sct",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-9-cm",
        "http://hl7.org/fhir/sid/cvx",
        "http://hl7.org/fhir/sid/ndc",
        "http://hl7.org/fhir/sid/us-npi",
        "http://hl7.org/fhir/sid/us-ssn",
        "http://www.ama-assn.org/go/cpt",
        "http://unitsofmeasure.org",
        "http://terminology.hl7.org/CodeSystem/observation-category",
        "http://terminology.hl7.org/CodeSystem/condition-category",
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
        "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
        "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "http://terminology.hl7.org/CodeSystem/v2-0074",
        "http://terminology.hl7.org/CodeSystem/v2-0203",
        "http://terminology.hl7.org/CodeSystem/claim-type",
        "http://terminology.hl7.org/CodeSystem/claimcareteamrole",
        "http://terminology.hl7.org/CodeSystem/processpriority",
        "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
        "http://terminology.hl7.org/CodeSystem/diagnostic-role",
        "http://terminology.hl7.org/CodeSystem/organization-type",
        "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://terminology.hl7.org/CodeSystem/encounter-type",
        "http://terminology.hl7.org/CodeSystem/goal-achievement",
        "http://dicom.nema.org/resources/ontology/DCM",
        "urn:ietf:bcp:47",
        "urn:ietf:bcp:13",
        "urn:ietf:rfc:3986",
        "urn:iso:std:iso:3166",
        "urn:oid:2.16.840.1.113883.4.3.25",
        "http://hospital.smarthealthit.org",
        "https://github.com/synthetichealth/synthea",
        "http://nucc.org/provider-taxonomy",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd",
        "https://www.usps.com/",
        "home", "work", "temp", "old", "mobile",
    ]

    /// The number of a system, or nil.
    static func number(of url: String) -> Int? { numbers[url] }

    /// The system whose UTF-8 bytes these are, without allocation; nil if it has no number.
    static func number(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = hash(bytes) & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if utf8[number].count == bytes.count, utf8[number].elementsEqual(bytes) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private static let mask = 255
    private static let utf8 = urls.map { Array($0.utf8) }
    private static let numbers = Dictionary(uniqueKeysWithValues: urls.enumerated().map { ($1, $0) })
    /// Open addressing, a quarter full.
    private static let slots: [Int16] = {
        var slots = [Int16](repeating: -1, count: mask + 1)
        for (number, bytes) in utf8.enumerated() {
            var slot = bytes.withUnsafeBufferPointer { hash($0) } & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int16(number)
        }
        return slots
    }()

    /// FNV-1a over the length and the last sixteen bytes, which differ more than the first.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var value: UInt32 = 2_166_136_261 ^ UInt32(truncatingIfNeeded: bytes.count)
        for byte in bytes.suffix(16) { value = (value ^ UInt32(byte)) &* 16_777_619 }
        return Int(value ^ value >> 15)
    }
}
