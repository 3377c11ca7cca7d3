/// Elements that are hidden when a resource leaves.
public enum PermitMask: Sendable, Hashable {
    /// Nothing is hidden.
    case none
}
