/// The facts taken from the official definitions, as plain values: what the builder writes and the reader links.
///
/// Types refer to each other by their position in `types`.
package struct DefinitionTables: Sendable, Equatable {
    /// Primitive types first, in the order of `PrimitiveKind`; a backbone type stands after the type that holds it.
    package var types: [TypeFacts] = []
    /// Search parameters in the order of the official bundle.
    package var parameters: [ParameterFacts] = []
    /// Compartments in the order of their codes.
    package var compartments: [CompartmentFacts] = []

    /// Empty tables, to be filled.
    package init() {}
}

/// What is known of one type.
package struct TypeFacts: Sendable, Equatable {
    /// `Patient`, `HumanName`, `string`; for a backbone type its path, `Patient.contact`.
    package var name: String
    package var kind: TypeKind
    package var isAbstract: Bool
    /// The type that it specialises.
    package var base: Int?
    /// All elements, inherited ones first, in the order of the specification.
    package var elements: [ElementFacts]

    package init(name: String, kind: TypeKind, isAbstract: Bool, base: Int?, elements: [ElementFacts]) {
        self.name = name
        self.kind = kind
        self.isAbstract = isAbstract
        self.base = base
        self.elements = elements
    }
}

/// What is known of one element.
package struct ElementFacts: Sendable, Equatable {
    /// Without `[x]`.
    package var name: String
    package var flags: ElementFlags
    package var min: Int
    /// Nil when there is no limit.
    package var max: Int?
    /// The types that its value may have.
    package var types: [Int]
    /// The resource types that a `Reference` in it may point to.
    package var targets: [Int]

    package init(name: String, flags: ElementFlags, min: Int, max: Int?, types: [Int], targets: [Int]) {
        self.name = name
        self.flags = flags
        self.min = min
        self.max = max
        self.types = types
        self.targets = targets
    }
}

/// Yes-or-no facts of an element; the raw value is its byte in the format.
package struct ElementFlags: OptionSet, Sendable, Equatable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `value[x]`: in JSON the name carries the type.
    package static let choice = ElementFlags(rawValue: 1)
    /// Its content is defined by another element (`contentReference`).
    package static let contentReference = ElementFlags(rawValue: 2)
    package static let modifier = ElementFlags(rawValue: 4)
    package static let summary = ElementFlags(rawValue: 8)
}

/// What is known of one search parameter.
package struct ParameterFacts: Sendable, Equatable {
    package var code: String
    package var type: SearchParameterType
    package var url: String
    package var targets: [Int]
    /// The types that it is defined on, each with the part of the expression that concerns it (nil: it has none).
    package var bases: [Base]
    /// The parts of a composite parameter.
    package var components: [Component]

    package struct Base: Sendable, Equatable {
        package var type: Int
        package var expression: String?
        package init(type: Int, expression: String?) {
            self.type = type
            self.expression = expression
        }
    }

    package struct Component: Sendable, Equatable {
        package var definition: String
        package var expression: String
        package init(definition: String, expression: String) {
            self.definition = definition
            self.expression = expression
        }
    }

    package init(
        code: String, type: SearchParameterType, url: String, targets: [Int], bases: [Base], components: [Component]
    ) {
        self.code = code
        self.type = type
        self.url = url
        self.targets = targets
        self.bases = bases
        self.components = components
    }
}

/// What is known of one compartment.
package struct CompartmentFacts: Sendable, Equatable {
    package var code: String
    /// Types that may be in it, each with the parameters that put them there.
    package var members: [Member]

    package struct Member: Sendable, Equatable {
        package var type: Int
        package var parameters: [String]
        package init(type: Int, parameters: [String]) {
            self.type = type
            self.parameters = parameters
        }
    }

    package init(code: String, members: [Member]) {
        self.code = code
        self.members = members
    }
}
