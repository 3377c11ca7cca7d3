/// An action on the house itself, apart from health data.
public enum AdministrativePermission: String, Sendable, Hashable, CaseIterable {
    /// Add, list, disable, enable and reset users.
    case manageUsers = "users.manage"
    /// Register, list, approve and disable applications.
    case manageClients = "clients.manage"
    /// Read and verify the audit log.
    case readAudit = "audit.read"
    /// Put entries of the audit log on legal hold, lift one, and remove entries whose time of retention is over.
    case manageRetention = "audit.retention"
    /// See which keys exist and in what state; never a key.
    case seeKeys = "keys.status"
    /// Rotate, rewrap and migrate keys; it shows no key.
    case manageKeys = "keys.manage"
    /// Ask for or confirm the shredding of a patient; it takes two persons.
    case shredPatients = "patients.shred"
    /// Place and release legal holds on patients' records.
    case holdPatients = "patients.hold"
    /// See how the house does: counts and durations, never whose.
    case seeMetrics = "metrics.see"
    /// Run the verification of the whole store; it names faults, never contents.
    case runVerification = "verify.run"

    /// Whether it changes who may what, or the keys: a person must then have shown a factor within the last minutes. Source:
    /// OWASP ASVS 5.0 7.5.3.
    public var asksForFreshFactor: Bool {
        switch self {
        case .manageUsers, .manageClients, .manageKeys, .shredPatients, .holdPatients, .manageRetention: true
        case .readAudit, .seeKeys, .seeMetrics, .runVerification: false
        }
    }
}
