extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#combining
    static let combining: [PathFunction] = [
        PathFunction("union", 1...1) { (call) throws(FHIRPathError) in
            PathSet.union(call.input, try call.argument(0))
        },
        PathFunction("combine", 1...1) { (call) throws(FHIRPathError) in call.input + (try call.argument(0)) },
    ]
}
