internal import WardFHIR
internal import WardSearch

extension FHIRService {
    /// The name of a search parameter as the log keeps it: as it was sent where FHIR R4 or Ward knows every part of it, else `unknown`.
    /// What nobody knows may be any word, a patient's name among them.
    func loggedName(_ name: String, _ type: String) -> String {
        if LoggedName.ofResult.contains(name) { return name }
        return LoggedName(catalog: catalog, definitions: definitions).isKnown(name[...], type) ? name : LoggedName.unknown
    }
}

/// Takes names of search parameters apart, down to words of the definitions.
///
/// Source: https://hl7.org/fhir/R4/search.html#modifiers, #chaining and #all
struct LoggedName {
    let catalog: SearchCatalog
    let definitions: FHIRDefinitions

    /// What stands in the place of a name that is not kept.
    static let unknown = "unknown"

    /// Parameters that are of no type: they say how the answer is to look, and which page it is.
    static let ofResult: Set<String> = [
        "_count", "_sort", "_total", "_summary", "_format", "_pretty", "_include", "_include:iterate", "_revinclude",
        "_revinclude:iterate", "_elements", "_contained", "_containedType", "_filter", "_list", "_score", "_type",
        SearchCursor.parameter,
    ]

    /// Modifiers; a reference has the types of resources too.
    private static let modifiers: Set<String> = [
        "missing", "exact", "contains", "text", "not", "above", "below", "in", "not-in", "of-type", "identifier",
    ]

    /// Chains are no longer than this.
    private static let maximumSteps = 8

    /// Whether `name` is a parameter of a type, alone, with a modifier, or as a chain whose every step is one.
    func isKnown(_ name: Substring, _ type: String) -> Bool { isKnown(name, [type], steps: Self.maximumSteps) }

    private func isKnown(_ name: Substring, _ types: [String], steps: Int) -> Bool {
        guard steps > 0 else { return false }
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let parameters = types.compactMap { catalog.parameters(for: $0)?[String(head[0])] }
        guard !parameters.isEmpty else { return false }
        let targets = parameters.flatMap(\.targets)
        let modifier = head.count > 1 ? String(head[1]) : nil
        let isType = modifier.map(isType) ?? false
        guard parts.count > 1 else { return modifier.map { isType || Self.modifiers.contains($0) } ?? true }
        // A step leads to the type that it names, else to any that the reference may point to.
        guard !targets.isEmpty, modifier == nil || isType else { return false }
        return isKnown(parts[1], modifier.map { [$0] } ?? targets, steps: steps - 1)
    }

    private func isType(_ name: String) -> Bool { definitions.resourceType(named: name) != nil }
}
