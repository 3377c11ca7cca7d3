extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#tree-navigation
    static let navigation: [PathFunction] = [
        PathFunction("children", 0...0) { call in children(of: call.input, call) },
        PathFunction("descendants", 0...0) { (call) throws(FHIRPathError) in
            var result: [PathValue] = []
            var next = children(of: call.input, call)
            while !next.isEmpty {
                result += next
                if result.count > PathContext.maximumCount { throw FHIRPathError(.limit, call.name) }
                next = children(of: next, call)
            }
            return result
        },
        PathFunction("trace", 1...2) { call in call.input },
    ]

    private static func children(of values: [PathValue], _ call: PathCall) -> [PathValue] {
        var result: [PathValue] = []
        for case .element(let element) in values {
            call.walker.allChildren(of: element) { result.append(.element($0)) }
        }
        return result
    }
}
