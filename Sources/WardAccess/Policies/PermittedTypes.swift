/// The resource types that a permit opens.
public enum PermittedTypes: Sendable, Hashable {
    /// Every type of the FHIR version that is served.
    case all
    /// These.
    case only(Set<String>)

    /// Whether `type` is among them.
    public func contains(_ type: String) -> Bool {
        switch self {
        case .all: true
        case .only(let types): types.contains(type)
        }
    }
}
