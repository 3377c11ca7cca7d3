/// A compiled expression: names looked up, plain navigation gathered into steps.
indirect enum PathNode: Sendable {
    case constant([PathValue])
    /// `$this`.
    case focus
    /// `%resource`.
    case root
    case index
    case total
    case walk(PathNode, [PathStep])
    case item(PathNode, PathNode)
    case negate(PathNode)
    case isType(PathNode, PathTypeTest)
    case binary(PathOperator, PathNode, PathNode)
    case call(PathFunction, on: PathNode, [PathNode])

    func evaluate(in context: PathContext) throws(FHIRPathError) -> [PathValue] {
        switch self {
        case .constant(let values):
            return values
        case .focus:
            return [context.focus]
        case .root:
            return context.root.map { [.element($0)] } ?? []
        case .index:
            return context.index.map { [.integer($0)] } ?? []
        case .total:
            return context.total
        case .walk(let source, let steps):
            return try Self.walk(source, steps, in: context)
        case .item(let source, let position):
            let values = try source.evaluate(in: context)
            guard let index = try position.evaluate(in: context).integer("[]"),
                values.indices.contains(index)
            else { return [] }
            return [values[index]]
        case .negate(let operand):
            return try PathArithmetic.negate(operand.evaluate(in: context))
        case .isType(let operand, let test):
            guard let value = try operand.evaluate(in: context).single("is") else { return [] }
            return [.boolean(test.matches(value))]
        case .binary(let operation, let left, let right):
            return try operation.evaluate(left, right, in: context)
        case .call(let function, let source, let arguments):
            let input = try source.evaluate(in: context)
            let call = PathCall(name: function.name, input: input, arguments: arguments, context: context)
            let result = try function.body(call)
            if result.count > PathContext.maximumCount { throw FHIRPathError(.limit, function.name) }
            return result
        }
    }

    private static func walk(
        _ source: PathNode, _ steps: [PathStep], in context: PathContext
    ) throws(FHIRPathError) -> [PathValue] {
        let walker = PathWalker(definitions: context.definitions, root: context.root, steps: steps)
        var result: [PathValue] = []
        if case .focus = source {
            walker.walk(context.focus, into: &result)
        } else {
            for value in try source.evaluate(in: context) { walker.walk(value, into: &result) }
        }
        return result
    }
}
