import WardDatabase
@testable import WardIdentity

/// Callers as a sign-in would make them.
enum Callers {
    static func person(
        _ role: Role, factors: Set<Factor> = [.password, .oneTimeCode], owesPasskey: Bool = false, isFresh: Bool = true,
        boundTo patient: String? = nil
    ) -> Caller {
        Caller(
            subject: .user(LogicalID(uuid: [UInt8](repeating: 7, count: 16)), name: "ada"), role: role,
            patient: patient.flatMap { LogicalID($0) }, session: LogicalID(uuid: [UInt8](repeating: 8, count: 16)), factors: factors, tenant: .first,
            source: "192.0.2.1", owesPasskey: owesPasskey, isFresh: isFresh)
    }

    static let atTheMachine = LocalOperator.caller(osUser: "root")

    static func caller(_ role: Role) -> Caller {
        switch role {
        case .localOperator: atTheMachine
        case .service: service("system/*.cruds")
        case .patient: person(.patient, boundTo: "p1")
        default: person(role)
        }
    }

    private static let client = LogicalID(uuid: [UInt8](repeating: 9, count: 16))

    /// An application that acts for itself.
    static func service(_ scopes: String, factors: Set<Factor> = [.clientKey], patient: String? = nil) -> Caller {
        Caller(
            subject: .service(client, name: "loader"), role: .service,
            session: LogicalID(uuid: [UInt8](repeating: 8, count: 16)), factors: factors,
            authorization: authorization(scopes, patient), tenant: .first, source: "192.0.2.1")
    }

    /// An application that acts for a person.
    static func app(
        _ scopes: String, for role: Role = .clinician, patient: String? = nil,
        factors: Set<Factor> = [.password, .oneTimeCode], boundTo own: String? = nil
    ) -> Caller {
        let person = person(role, factors: factors, boundTo: own)
        return Caller(
            subject: person.subject, role: role, patient: person.patient, session: person.session, factors: factors,
            authorization: authorization(scopes, patient), tenant: .first, source: person.source)
    }

    private static func authorization(_ scopes: String, _ patient: String?) -> Authorization {
        Authorization(
            client: client, scopes: GrantedScopes(scopes) ?? .none, patient: patient.flatMap { LogicalID($0) })
    }
}
