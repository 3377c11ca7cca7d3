internal import Foundation
internal import WardIdentity

extension WardConfiguration {
    /// The organisation's OpenID Connect provider; nil where none is set.
    /// - Throws: ``ConfigurationError`` that names the key.
    func provider() throws(ConfigurationError) -> ExternalProvider? {
        guard let issuer = text("oidc.issuer") else {
            guard text("oidc.client_id") == nil else { throw ConfigurationError("oidc.issuer must be set where oidc.client_id is") }
            return nil
        }
        guard ExternalProvider.isIssuer(issuer) else {
            throw ConfigurationError("oidc.issuer must be an https address without query and fragment")
        }
        guard let client = text("oidc.client_id") else {
            throw ConfigurationError("oidc.client_id must be set where oidc.issuer is")
        }
        let roles = try providerRoles()
        let makesAccounts = text("oidc.make_accounts") == "true"
        guard !makesAccounts || !roles.isEmpty else {
            throw ConfigurationError("oidc.roles must be set where oidc.make_accounts is true: an account has a role")
        }
        return ExternalProvider(
            issuer: issuer, clientID: client, clientSecret: try providerSecret(),
            label: text("oidc.label") ?? "your organisation",
            secondFactorMethods: words("oidc.mfa_amr"), secondFactorClasses: words("oidc.mfa_acr"),
            roleClaim: text("oidc.role_claim") ?? "groups", roles: roles, makesAccounts: makesAccounts)
    }

    private func providerSecret() throws(ConfigurationError) -> String? {
        guard let path = text("oidc.client_secret_file") else { return nil }
        do {
            let secret = try PasswordFile.read(path)
            guard !secret.isEmpty else { throw Failure("empty") }
            return secret
        } catch {
            throw ConfigurationError("oidc.client_secret_file must be a file whose first line is the secret")
        }
    }

    private func providerRoles() throws(ConfigurationError) -> [(value: String, role: Role)] {
        var roles: [(value: String, role: Role)] = []
        for part in (text("oidc.roles") ?? "").split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, let role = Role(assignable: sides[0]), !sides[1].isEmpty else {
                let known = Role.assignable.map(\.rawValue).joined(separator: ", ")
                throw ConfigurationError("""
                    oidc.roles must be a list such as clinician=ward-clinicians,administrator=ward-admins; the roles are: \(known)
                    """)
            }
            roles.append((value: sides[1], role: role))
        }
        return roles
    }

    private func words(_ key: String) -> Set<String> {
        Set((text(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty })
    }
}
