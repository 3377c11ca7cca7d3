/// Scopes with the number of their constraints alone, whose names and values clients choose: for the audit log.
enum ScopeShapes {
    /// Such as `patient/Observation.rs?1 openid`; at most 1,000 signs.
    static func text(_ scopes: String) -> String {
        let shapes = scopes.split(separator: " ").map { name -> String in
            guard let mark = name.firstIndex(of: "?"), let scope = Scope(anyVersion: String(name)) else { return String(name) }
            return name[..<mark] + "?\(scope.constraints.count)"
        }
        return String(shapes.joined(separator: " ").prefix(1_000))
    }
}
