/// The answer to a request: a permit, or a refusal with its reason.
public enum Decision: Sendable {
    case permit(Permit)
    case refuse(Refusal)

    /// The permit.
    /// - Throws: the ``Refusal``.
    public func get() throws(Refusal) -> Permit {
        switch self {
        case .permit(let permit): return permit
        case .refuse(let refusal): throw refusal
        }
    }
}
