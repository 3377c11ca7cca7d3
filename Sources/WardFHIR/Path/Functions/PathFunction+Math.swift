extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#math-1
    static let math: [PathFunction] = [
        PathFunction("abs", 0...0) { (call) throws(FHIRPathError) in
            switch try call.input.single(call.name)?.system {
            case nil: return []
            case .integer(let number): return number == .min ? [] : [.integer(abs(number))]
            case .decimal(let number): return [.decimal(magnitude(number))]
            case .quantity(let quantity):
                return [.quantity(PathQuantity(value: magnitude(quantity.value), unit: quantity.unit))]
            default: throw FHIRPathError(.wrongType, call.name)
            }
        },
        PathFunction("ceiling", 0...0) { (call) throws(FHIRPathError) in
            try whole(call) { $0.truncated + ($0 > PathDecimal(coefficient: $0.truncated) ? 1 : 0) }
        },
        PathFunction("floor", 0...0) { (call) throws(FHIRPathError) in
            try whole(call) { $0.truncated - ($0 < PathDecimal(coefficient: $0.truncated) ? 1 : 0) }
        },
        PathFunction("truncate", 0...0) { (call) throws(FHIRPathError) in try whole(call) { $0.truncated } },
        PathFunction("round", 0...1) { (call) throws(FHIRPathError) in
            let places = call.arguments.isEmpty ? 0 : try call.integer(0) ?? 0
            guard let number = try number(call) else { return [] }
            if places < 0 { throw FHIRPathError(.wrongType, call.name) }
            return [.decimal(number.rounded(to: places))]
        },
    ]

    private static func number(_ call: PathCall) throws(FHIRPathError) -> PathDecimal? {
        guard let value = try call.input.single(call.name)?.system else { return nil }
        guard let number = value.number else { throw FHIRPathError(.wrongType, call.name) }
        return number
    }

    private static func whole(
        _ call: PathCall, _ body: (PathDecimal) -> Int128
    ) throws(FHIRPathError) -> [PathValue] {
        guard let number = try number(call), let whole = Int(exactly: body(number)) else { return [] }
        return [.integer(whole)]
    }

    private static func magnitude(_ number: PathDecimal) -> PathDecimal {
        PathDecimal(coefficient: abs(number.coefficient), scale: number.scale)
    }
}
