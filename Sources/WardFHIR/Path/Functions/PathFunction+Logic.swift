extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#boolean-logic
    static let logic: [PathFunction] = [
        PathFunction("not", 0...0) { (call) throws(FHIRPathError) in
            try call.input.condition(call.name).map { [.boolean(!$0)] } ?? []
        },
        PathFunction("iif", 2...3) { (call) throws(FHIRPathError) in
            let focus = try call.input.single(call.name)
            let context = focus.map { call.context.with($0, index: call.context.index) } ?? call.context
            let isTrue = try call.arguments[0].evaluate(in: context).boolean(call.name) ?? false
            if isTrue { return try call.arguments[1].evaluate(in: context) }
            return call.arguments.count > 2 ? try call.arguments[2].evaluate(in: context) : []
        },
    ]
}
