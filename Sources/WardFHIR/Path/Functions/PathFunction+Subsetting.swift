extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#subsetting
    static let subsetting: [PathFunction] = [
        PathFunction("single", 0...0) { (call) throws(FHIRPathError) in
            try call.input.single(call.name).map { [$0] } ?? []
        },
        PathFunction("first", 0...0) { call in Array(call.input.prefix(1)) },
        PathFunction("last", 0...0) { call in Array(call.input.suffix(1)) },
        PathFunction("tail", 0...0) { call in Array(call.input.dropFirst()) },
        PathFunction("skip", 1...1) { (call) throws(FHIRPathError) in
            Array(call.input.dropFirst(max(0, try call.integer(0) ?? 0)))
        },
        PathFunction("take", 1...1) { (call) throws(FHIRPathError) in
            Array(call.input.prefix(max(0, try call.integer(0) ?? 0)))
        },
        PathFunction("intersect", 1...1) { (call) throws(FHIRPathError) in
            let other = set(try call.argument(0))
            return PathSet.distinct(call.input.filter { other.contains($0) })
        },
        PathFunction("exclude", 1...1) { (call) throws(FHIRPathError) in
            let other = set(try call.argument(0))
            return call.input.filter { !other.contains($0) }
        },
    ]

    private static func set(_ values: [PathValue]) -> PathSet {
        var set = PathSet()
        for value in values { set.insert(value) }
        return set
    }
}
