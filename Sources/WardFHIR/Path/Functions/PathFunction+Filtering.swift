extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#filtering-and-projection
    static let filtering: [PathFunction] = [
        PathFunction("where", 1...1) { (call) throws(FHIRPathError) in try call.matching() },
        PathFunction("select", 1...1) { (call) throws(FHIRPathError) in
            var result: [PathValue] = []
            for (position, value) in call.input.enumerated() {
                result += try call.argument(0, on: value, at: position)
                if result.count > PathContext.maximumCount { throw FHIRPathError(.limit, call.name) }
            }
            return result
        },
        PathFunction("repeat", 1...1) { (call) throws(FHIRPathError) in
            var found = PathSet()
            var next = call.input
            while !next.isEmpty {
                var fresh: [PathValue] = []
                for (position, value) in next.enumerated() {
                    for value in try call.argument(0, on: value, at: position) where !found.contains(value) {
                        found.insert(value)
                        fresh.append(value)
                    }
                }
                if found.values.count > PathContext.maximumCount { throw FHIRPathError(.limit, call.name) }
                next = fresh
            }
            return found.values
        },
        PathFunction("aggregate", 1...2) { (call) throws(FHIRPathError) in
            var context = call.context
            context.total = call.arguments.count > 1 ? try call.argument(1) : []
            for (position, value) in call.input.enumerated() {
                context = context.with(value, index: position)
                context.total = try call.arguments[0].evaluate(in: context)
            }
            return context.total
        },
    ]
}
