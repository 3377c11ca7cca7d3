extension PathFunction {
    /// Source: https://hl7.org/fhir/R4/fhirpath.html#functions
    static let fhir: [PathFunction] = [
        PathFunction("extension", 1...1) { (call) throws(FHIRPathError) in
            guard let url = try call.text(0) else { return [] }
            let steps: [PathStep] = [
                .child(PathName("extension")), .whereEquals(PathName("url"), text: Array(url.utf8)),
            ]
            let walker = PathWalker(definitions: call.context.definitions, root: call.context.root, steps: steps)
            var result: [PathValue] = []
            for value in call.input { walker.walk(value, into: &result) }
            return result
        },
        PathFunction("resolve", 0...0) { call in
            call.input.compactMap { value in
                guard case .element(let element) = value else { return nil }
                let reference = PathReference(element, root: call.context.root, definitions: call.context.definitions)
                return reference.target.map { .element($0) }
            }
        },
        PathFunction("hasValue", 0...0) { call in [.boolean(value(of: call) != nil)] },
        PathFunction("getValue", 0...0) { call in value(of: call).map { [$0] } ?? [] },
    ]

    /// The only value of the input, if it is a primitive with a value.
    private static func value(of call: PathCall) -> PathValue? {
        guard call.input.count == 1, let value = call.input.first?.system else { return nil }
        switch value {
        case .element, .quantity: return nil
        default: return value
        }
    }
}
