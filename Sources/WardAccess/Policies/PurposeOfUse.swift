/// Why health data is touched, by its code. Source: HL7 v3 PurposeOfUse
/// (http://terminology.hl7.org/CodeSystem/v3-ActReason); 45 CFR 164.506 for treatment, payment and operations.
public enum PurposeOfUse: String, Sendable, Hashable, CaseIterable {
    /// Treatment.
    case treatment = "TREAT"
    /// Payment.
    case payment = "HPAYMT"
    /// Health care operations.
    case operations = "HOPERAT"
    /// Emergency treatment.
    case emergency = "ETREAT"
    /// The patient's own request.
    case patientRequest = "PATRQT"
    /// Public health.
    case publicHealth = "PUBHLTH"
    /// Research.
    case research = "HRESCH"
}
