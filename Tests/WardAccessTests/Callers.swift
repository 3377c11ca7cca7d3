import WardDatabase
@testable import WardIdentity

/// Callers as a sign-in would make them.
enum Callers {
    static func person(_ role: Role, factors: Set<Factor> = [.password, .oneTimeCode]) -> Caller {
        Caller(
            subject: .user(LogicalID(uuid: [UInt8](repeating: 7, count: 16)), name: "ada"), role: role,
            session: LogicalID(uuid: [UInt8](repeating: 8, count: 16)), factors: factors, tenant: .first,
            source: "192.0.2.1")
    }

    static let atTheMachine = LocalOperator.caller(osUser: "root")

    static func caller(_ role: Role) -> Caller { role == .localOperator ? atTheMachine : person(role) }
}
