/// An element of a type: its name, how often it may occur, and what it may hold.
///
/// Immutable once its tables are linked. A choice (`value[x]`) is one element with several types; in JSON its name
/// carries the type (`valueQuantity`).
///
/// Source: https://hl7.org/fhir/R4/elementdefinition.html
public final class ElementDefinition: Sendable {
    /// The name without `[x]`.
    public let name: String
    /// Its place in `TypeDefinition.elements` of the type that holds it.
    public let index: Int
    /// How often it must occur.
    public let min: Int
    /// How often it may occur; nil without a limit. In JSON an element is an array exactly if this is not 1.
    public let max: Int?
    /// Whether the name in JSON carries the type.
    public let isChoice: Bool
    /// Whether it changes the meaning of what holds it.
    public let isModifier: Bool
    /// Whether it belongs to the summary view.
    public let isSummary: Bool
    /// The resource types that a `Reference` in it may point to; `Resource` alone means any; empty when it holds none.
    public let referenceTargets: [String]
    /// The element that defines its content, such as `#Observation.referenceRange`; its type is then that element's.
    public let contentReference: String?

    /// The types that its value may have; one, unless it is a choice.
    public var types: [TypeDefinition] { linked }

    // Written once by `FHIRDefinitions.init`, before any other code can see the object; only read afterwards.
    @exclusivity(unchecked) nonisolated(unsafe) private var linked: [TypeDefinition] = []

    init(facts: ElementFacts, index: Int, names: [TypeFacts]) {
        name = facts.name
        self.index = index
        min = facts.min
        max = facts.max
        isChoice = facts.flags.contains(.choice)
        isModifier = facts.flags.contains(.modifier)
        isSummary = facts.flags.contains(.summary)
        referenceTargets = facts.targets.map { names[$0].name }
        let target = facts.flags.contains(.contentReference) ? facts.types.first : nil
        contentReference = target.map { "#" + names[$0].name }
    }

    func link(_ types: [TypeDefinition]) {
        linked = types
    }

    /// Whether it is an array in JSON.
    public var isList: Bool { max != 1 }

    /// The name that it has in JSON with a value of `type`: `valueQuantity`, or the plain name if it is no choice.
    public func jsonName(for type: TypeDefinition) -> String {
        isChoice ? name + Self.capitalized(type.name) : name
    }

    static func capitalized(_ name: String) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }
}
