/// What sort of type a definition describes.
public enum TypeKind: UInt8, Sendable {
    /// A single value, in JSON a literal with an optional `_name` sibling.
    case primitive = 0
    /// A data type with elements, such as `HumanName`.
    case complex = 1
    /// A group of elements inside another type, such as `Patient.contact`.
    case backbone = 2
    /// A resource, such as `Patient`, or one of the abstract `Resource` and `DomainResource`.
    case resource = 3
}
