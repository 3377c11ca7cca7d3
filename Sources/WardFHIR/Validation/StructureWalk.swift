/// One walk over a resource and its definition. Allocates only its path, and more when it finds a fault.
struct StructureWalk {
    /// A step of the path: a member name on the tape, whether it is the `_name` of a primitive, and the position in its
    /// array or -1.
    struct Step {
        var name: Int
        var isSibling = false
        var position = -1
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let tape: UnsafeBufferPointer<JSONTapeEntry>
    let plans: UnsafeBufferPointer<TypePlan>
    let definitions: FHIRDefinitions
    var issues: [ValidationIssue] = []
    var steps: [Step] = []
    /// The type of the outermost resource, with which paths begin.
    var root = "Resource"
    /// Whether resources inside the resource are validated too.
    var entersResources = true

    init(
        bytes: UnsafeBufferPointer<UInt8>, tape: UnsafeBufferPointer<JSONTapeEntry>,
        plans: UnsafeBufferPointer<TypePlan>, definitions: FHIRDefinitions
    ) {
        self.bytes = bytes
        self.tape = tape
        self.plans = plans
        self.definitions = definitions
        steps.reserveCapacity(16)
    }

    /// A resource: its type comes from its `resourceType`.
    mutating func resource(_ index: Int, expecting expected: String?, isContained: Bool) {
        guard tape[index].kind == .object else { return report(.structure, "a resource must be an object") }
        guard let member = member("resourceType", of: index) else {
            return report(.structure, "a resource must have a resourceType", at: "resourceType")
        }
        let name = tape[member].kind == .string ? withText(member) { String(decoding: $0, as: UTF8.self) } : ""
        guard let type = definitions.resourceType(named: name) else {
            return report(.structure, "not a resource type", at: "resourceType")
        }
        if steps.isEmpty { root = name }
        if let expected, expected != name {
            return report(.invalid, "not the resource type that is expected here", at: "resourceType")
        }
        object(index, type, isContained: isContained)
    }

    /// An object of a type: its members, then what is missing.
    mutating func object(_ index: Int, _ type: TypeDefinition, isContained: Bool) {
        guard issues.count < StructureValidator.maximumIssues else { return }
        guard tape[index].kind == .object else { return report(.structure, "must be an object") }
        guard tape[index].count > 0 else { return report(.structure, "an object must not be empty") }
        let isResource = type.kind == .resource
        var values: UInt128 = 0
        var siblings: UInt128 = 0
        var name = index + 1
        let end = Int(tape[index].next)
        while name < end {
            let following = Int(tape[name + 1].next)
            steps.append(Step(name: name))
            if let found = withText(name, { type.element(named: $0) }) {
                let bit = UInt128(1) << UInt128(found.element.index)
                if found.element.isChoice, (values | siblings) & bit != 0 { choice(name, found, in: index, type) }
                steps[steps.count - 1].isSibling = found.isSibling
                if found.isSibling { siblings |= bit } else { values |= bit }
                if isContained, found.type.kind == .resource, found.element.name == "contained" {
                    report(.structure, "a contained resource cannot contain others")
                } else if found.element.isList {
                    list(name, found, in: index, isContained: isContained)
                } else {
                    value(name + 1, found, isContained: isContained)
                }
            } else if !(isResource && isName(name, "resourceType")) {
                report(.structure, "unknown element")
            }
            steps.removeLast()
            name = following
        }
        finish(type, present: values | siblings)
    }

    /// What an object of the type lacks, given the elements that it has.
    private mutating func finish(_ type: TypeDefinition, present: UInt128) {
        let plan = plans[type.id]
        var missing = plan.required & ~present
        while missing != 0 {
            let element = type.elements[missing.trailingZeroBitCount]
            report(.required, "required, and missing", at: element.isChoice ? element.name + "[x]" : element.name)
            missing &= missing - 1
        }
        if type.kind != .resource, type.primitive == nil, present == plan.id, present != 0 {
            report(.invariant, "an element needs a value or children besides its id")
        }
        if plan.nested != 0, (present & plan.nested == 0) == (present & plan.value == 0) {
            report(.invariant, "an extension has either a value or extensions")
        }
    }

    /// One value of an element, or of the sibling of a primitive.
    mutating func value(_ index: Int, _ found: ResolvedElement, isContained: Bool) {
        switch tape[index].kind {
        case .array: return report(.structure, "must not be an array")
        case .null: return report(.structure, "null is not allowed here")
        default: break
        }
        switch found.type.kind {
        case .primitive where !found.isSibling:
            guard let primitive = found.type.primitive else { return }
            if let fault = fault(index, primitive) { report(fault.code, fault.message) }
        case .resource:
            guard entersResources else { return }
            resource(index, expecting: nil, isContained: isContained || found.element.name == "contained")
        case .primitive, .complex, .backbone:
            object(index, found.type, isContained: isContained)
        }
    }

    /// The second member for a choice: wrong unless it is the sibling, or the value, of the first.
    private mutating func choice(_ name: Int, _ found: ResolvedElement, in object: Int, _ type: TypeDefinition) {
        var other = object + 1
        while other < name {
            if let earlier = withText(other, { type.element(named: $0) }), earlier.element === found.element,
                earlier.type !== found.type {
                return report(.structure, "a choice takes one type only")
            }
            other = Int(tape[other + 1].next)
        }
    }
}
