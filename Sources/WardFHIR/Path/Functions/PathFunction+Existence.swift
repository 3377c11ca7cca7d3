extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#existence
    static let existence: [PathFunction] = [
        PathFunction("empty", 0...0) { call in [.boolean(call.input.isEmpty)] },
        PathFunction("exists", 0...1) { (call) throws(FHIRPathError) in [.boolean(try !call.matching().isEmpty)] },
        PathFunction("all", 1...1) { (call) throws(FHIRPathError) in
            [.boolean(try call.matching().count == call.input.count)]
        },
        PathFunction("allTrue", 0...0) { (call) throws(FHIRPathError) in [.boolean(try !flags(call).contains(false))] },
        PathFunction("anyTrue", 0...0) { (call) throws(FHIRPathError) in [.boolean(try flags(call).contains(true))] },
        PathFunction("allFalse", 0...0) { (call) throws(FHIRPathError) in [.boolean(try !flags(call).contains(true))] },
        PathFunction("anyFalse", 0...0) { (call) throws(FHIRPathError) in [.boolean(try flags(call).contains(false))] },
        PathFunction("subsetOf", 1...1) { (call) throws(FHIRPathError) in
            [.boolean(isSubset(call.input, of: try call.argument(0)))]
        },
        PathFunction("supersetOf", 1...1) { (call) throws(FHIRPathError) in
            [.boolean(isSubset(try call.argument(0), of: call.input))]
        },
        PathFunction("count", 0...0) { call in [.integer(call.input.count)] },
        PathFunction("distinct", 0...0) { call in PathSet.distinct(call.input) },
        PathFunction("isDistinct", 0...0) { call in
            [.boolean(PathSet.distinct(call.input).count == call.input.count)]
        },
    ]

    private static func flags(_ call: PathCall) throws(FHIRPathError) -> [Bool] {
        var flags: [Bool] = []
        for value in call.input {
            guard let flag = try [value].boolean(call.name) else { continue }
            flags.append(flag)
        }
        return flags
    }

    private static func isSubset(_ part: [PathValue], of whole: [PathValue]) -> Bool {
        var set = PathSet()
        for value in whole { set.insert(value) }
        return part.allSatisfy { set.contains($0) }
    }
}
