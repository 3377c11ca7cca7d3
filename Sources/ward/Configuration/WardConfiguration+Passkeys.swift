internal import Foundation
internal import WardIdentity

extension WardConfiguration {
    /// The roles of which a passkey is demanded.
    /// - Throws: ``ConfigurationError`` that names the key.
    func passkeyRoles() throws(ConfigurationError) -> Set<Role> {
        let names = (text("passkeys.required_roles") ?? "").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let roles = names.compactMap { $0 == Role.patient.rawValue ? .patient : Role(assignable: $0) }
        guard roles.count == names.count else {
            let known = (Role.assignable + [.patient]).map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("passkeys.required_roles must be a list of roles, such as administrator,clinician; the roles are: \(known)")
        }
        return Set(roles)
    }

    /// What a new passkey must show of who made it.
    /// - Throws: ``ConfigurationError`` that names the key.
    func attestation() throws(ConfigurationError) -> AttestationPolicy {
        guard let path = text("passkeys.makers") else { return .none }
        guard let data = FileManager.default.contents(atPath: path), let policy = AttestationPolicy(pem: Array(data)) else {
            throw ConfigurationError("passkeys.makers must be a PEM file with at least one certificate")
        }
        return policy
    }
}
