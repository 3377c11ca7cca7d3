/// What a person is to this house. What a role opens is decided in WardAccess; a role by itself opens nothing.
public enum Role: String, Sendable, Hashable, CaseIterable, Codable {
    /// Keeps users, keys and the system; sees no health data.
    case administrator
    /// Works with health data of every type.
    case clinician
    /// Reads the audit log; sees no health data.
    case auditor
    /// Answers for how health data is used: asks the audit log who did what; sees no health data.
    /// Source: 45 CFR 164.530(a)(1)(i).
    case privacyOfficer = "privacy-officer"
    /// Brings health data in and reads nothing back.
    case importer
    /// A patient, or who acts for one: reads that one record, and nothing of anybody else. The account is bound to it.
    case patient
    /// A registered application that acts for itself; what it opens is in its scopes. No user can be given it.
    case service
    /// Somebody at the machine itself, known by an operating-system account; sees no health data. No user can be
    /// given it.
    case localOperator = "operator"

    /// The roles that any user can be given. ``patient`` is none: it comes with the record that it is bound to, at the
    /// invitation.
    public static let assignable: [Role] = [.administrator, .clinician, .auditor, .privacyOfficer, .importer]

    /// Fails unless `text` names a role that a user can be given, such as `clinician`.
    public init?(assignable text: String) {
        guard let role = Self(rawValue: text), Self.assignable.contains(role) else { return nil }
        self = role
    }
}
