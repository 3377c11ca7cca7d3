import WardFHIR

/// Turns structure definitions into type tables.
struct TypeTables {
    private(set) var types: [TypeFacts] = []
    private(set) var numbers: [String: Int] = [:]

    init(_ structures: [StructureDefinition]) throws {
        let kinds = ["primitive-type", "complex-type", "resource"]
        let specialisations = structures.filter { $0.derivation != "constraint" && kinds.contains($0.kind) }
        let order = Dictionary(uniqueKeysWithValues: PrimitiveKind.allCases.enumerated().map { ($1.rawValue, $0) })
        let sorted = specialisations.sorted {
            (order[$0.name] ?? order.count, $0.name) < (order[$1.name] ?? order.count, $1.name)
        }
        // Numbers first, since types refer to types that come later.
        for structure in sorted { declare(structure) }
        guard PrimitiveKind.allCases.enumerated().allSatisfy({ types[$0].name == $1.rawValue }) else {
            throw BuildError("the primitive types of the definitions are not those of PrimitiveKind")
        }
        for structure in sorted { try fill(structure) }
    }

    /// The number of the type with that name.
    func number(of name: String) throws -> Int {
        guard let number = numbers[name] else { throw BuildError("there is no type \(name)") }
        return number
    }

    private mutating func declare(_ structure: StructureDefinition) {
        let kind: TypeKind =
            switch structure.kind {
            case "primitive-type": .primitive
            case "resource": .resource
            default: .complex
            }
        append(structure.type, kind, isAbstract: structure.abstract)
        for element in structure.snapshot?.element ?? [] where Self.isGroup(element) {
            append(element.path, .backbone, isAbstract: false)
        }
    }

    private mutating func append(_ name: String, _ kind: TypeKind, isAbstract: Bool) {
        numbers[name] = types.count
        types.append(TypeFacts(name: name, kind: kind, isAbstract: isAbstract, base: nil, elements: []))
    }

    private mutating func fill(_ structure: StructureDefinition) throws {
        let prefix = "http://hl7.org/fhir/StructureDefinition/"
        let number = try number(of: structure.type)
        if let base = structure.baseDefinition {
            types[number].base = try self.number(of: String(base.dropFirst(prefix.count)))
        }
        for element in structure.snapshot?.element ?? [] {
            guard let dot = element.path.lastIndex(of: "."), element.max != "0" else { continue }
            let holder = try self.number(of: String(element.path[..<dot]))
            let name = String(element.path[element.path.index(after: dot)...])
            if types[holder].kind == .primitive && name == "value" { continue }
            types[holder].elements.append(try facts(element, name: name, holder: types[holder]))
            if Self.isGroup(element), let code = element.type?.first?.code {
                types[try self.number(of: element.path)].base = try self.number(of: code)
            }
        }
    }

    private func facts(_ element: StructureDefinition.Element, name: String, holder: TypeFacts) throws -> ElementFacts {
        var flags: ElementFlags = []
        if name.hasSuffix("[x]") { flags.insert(.choice) }
        if element.isModifier == true { flags.insert(.modifier) }
        if element.isSummary == true { flags.insert(.summary) }
        var numbers: [Int] = []
        var targets: [Int] = []
        if let reference = element.contentReference {
            flags.insert(.contentReference)
            numbers = [try number(of: String(reference.drop { $0 == "#" }))]
        } else if Self.isGroup(element) {
            numbers = [try number(of: element.path)]
        } else {
            for type in element.type ?? [] {
                numbers.append(try number(of: Self.name(of: type, name: name, holder: holder)))
                if type.code == "Reference" { targets += try Self.targets(of: type).map { try number(of: $0) } }
            }
        }
        if numbers.isEmpty { throw BuildError("\(element.path) has no type") }
        return ElementFacts(
            name: name.hasSuffix("[x]") ? String(name.dropLast(3)) : name, flags: flags, min: element.min,
            max: Int(element.max), types: numbers, targets: targets)
    }

    /// An element that holds elements of its own.
    private static func isGroup(_ element: StructureDefinition.Element) -> Bool {
        element.path.contains(".") && element.contentReference == nil
            && ["BackboneElement", "Element"].contains(element.type?.first?.code)
    }

    /// `http://hl7.org/fhirpath/System.String` stands for what an extension names: string for `Element.id`, uri for
    /// `Extension.url`. The definitions of 4.0.1 say string for a resource's id too, where the specification says id.
    private static func name(
        of type: StructureDefinition.ElementType, name: String, holder: TypeFacts
    ) throws -> String {
        guard let code = type.code else { throw BuildError("\(holder.name).\(name) has a type without a code") }
        guard code.hasPrefix("http://hl7.org/fhirpath/System.") else { return code }
        if name == "id" { return holder.kind == .resource ? "id" : "string" }
        let url = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
        guard let named = type.extension?.first(where: { $0.url == url })?.valueUrl else {
            throw BuildError("\(holder.name).\(name) does not name its type")
        }
        return named
    }

    private static func targets(of type: StructureDefinition.ElementType) throws -> [String] {
        (type.targetProfile ?? ["Resource"]).map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    }
}
