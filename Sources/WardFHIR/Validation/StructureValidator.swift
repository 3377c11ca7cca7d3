/// Checks that a resource has the structure that its definition gives it.
///
/// Unknown elements, JSON types, cardinalities, empty values, `null`, the alignment of `_name` siblings, choices,
/// contained resources, extensions, and the format of every primitive, narrative included. Not terminology, not
/// invariants in FHIRPath, not profiles. Resources within resources are checked by their own type.
///
/// Source: https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/datatypes.html
public struct StructureValidator: Sendable {
    /// The most issues that one validation reports; it stops there.
    public static let maximumIssues = 50

    private let definitions: FHIRDefinitions
    private let plans: [TypePlan]

    /// A validator for a version of FHIR. Make it once and keep it.
    public init(_ definitions: FHIRDefinitions = .r4) {
        self.definitions = definitions
        plans = definitions.types.map(TypePlan.init)
    }

    /// Validates a resource, which may be a subtree of its document.
    /// - Parameter type: the resource type it must be of; nil for any.
    /// - Returns: the issues in document order, at most ``maximumIssues``; empty if the resource is valid.
    public func validate(_ resource: JSONNode, expecting type: String? = nil) -> [ValidationIssue] {
        walk(resource, expecting: type, entersResources: true)
    }

    /// Validates what holds resources, such as a Bundle, without the resources in it: those are looked at one by one
    /// when they are taken in.
    public func validateEnvelope(_ resource: JSONNode, expecting type: String? = nil) -> [ValidationIssue] {
        walk(resource, expecting: type, entersResources: false)
    }

    private func walk(_ resource: JSONNode, expecting type: String?, entersResources: Bool) -> [ValidationIssue] {
        resource.storage.bytes.withUnsafeBufferPointer { bytes in
            resource.storage.tape.withUnsafeBufferPointer { tape in
                plans.withUnsafeBufferPointer { plans in
                    var walk = StructureWalk(bytes: bytes, tape: tape, plans: plans, definitions: definitions)
                    walk.entersResources = entersResources
                    walk.resource(Int(resource.index), expecting: type, isContained: false)
                    return walk.issues
                }
            }
        }
    }
}
