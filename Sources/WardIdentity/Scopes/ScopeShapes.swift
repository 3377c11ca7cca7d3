/// Scopes without the values of their constraints, which clients choose: for the audit log.
enum ScopeShapes {
    /// Such as `patient/Observation.rs?category openid`; at most 1,000 signs.
    static func text(_ scopes: String) -> String {
        let shapes = scopes.split(separator: " ").map { name -> String in
            guard let mark = name.firstIndex(of: "?"), let scope = Scope(anyVersion: String(name)) else { return String(name) }
            return name[..<mark] + "?" + scope.constraints.map(\.parameter).joined(separator: "&")
        }
        return String(shapes.joined(separator: " ").prefix(1_000))
    }
}
