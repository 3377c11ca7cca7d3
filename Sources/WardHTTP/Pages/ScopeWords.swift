internal import WardIdentity

/// Scopes in words that a person understands.
enum ScopeWords {
    /// A line for each thing that is asked.
    static func lines(_ scopes: GrantedScopes) -> [String] {
        scopes.resources.map(line) + GrantedScopes.Other.allCases.filter(scopes.others.contains).compactMap(line)
    }

    private static func line(_ scope: Scope) -> String {
        let rights: [(AccessRights, String)] = [
            (.read, "read"), (.search, "search"), (.create, "add"), (.update, "change"), (.delete, "delete"),
        ]
        let verbs = rights.filter { scope.rights.contains($0.0) }.map(\.1).joined(separator: ", ")
        let what = scope.type.map { "records of type \($0)" } ?? "records of every type"
        let whose = scope.context == .patient ? "of one patient" : "that you may reach"
        let limit = scope.constraints.map { "\($0.parameter) is \($0.value)" }.joined(separator: " and ")
        return "\(verbs) \(what) \(whose)" + (limit.isEmpty ? "" : ", where \(limit)")
    }

    private static func line(_ other: GrantedScopes.Other) -> String? {
        switch other {
        case .openid: "know who you are"
        case .fhirUser: "know which record stands for you"
        case .offlineAccess: "go on when you are away, for 90 days at most"
        case .onlineAccess: "go on for 12 hours at most"
        case .launch, .launchPatient: nil
        }
    }
}
