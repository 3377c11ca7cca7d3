extension PathFunction {
    /// Source: https://hl7.org/fhirpath/N1/#conversion
    static let conversion: [PathFunction] = [
        pair("Boolean") { value in
            switch value {
            case .boolean: return value
            case .string(let text): return word(text.lowercased())
            default: return value.number.flatMap { word($0.trimmed.description) }
            }
        },
        pair("Integer") { value in
            switch value {
            case .integer: value
            case .boolean(let flag): .integer(flag ? 1 : 0)
            case .string(let text): Int(text).map { .integer($0) }
            default: nil
            }
        },
        pair("Decimal") { value in
            switch value {
            case .boolean(let flag): .decimal(PathDecimal(coefficient: flag ? 10 : 0, scale: 1))
            case .string(let text): PathDecimal(text).map { .decimal($0) }
            default: value.number.map { .decimal($0) }
            }
        },
        pair("String") { value in text(of: value).map { .string($0) } },
        pair("Date") { value in
            switch value {
            case .temporal(let temporal) where temporal.kind == .time: nil
            case .temporal(let temporal):
                PathTemporal(String(temporal.text.prefix { $0 != "T" }), kind: .date).map { .temporal($0) }
            case .string(let text): PathTemporal(String(text.prefix { $0 != "T" }), kind: .date).map { .temporal($0) }
            default: nil
            }
        },
        pair("DateTime") { value in
            switch value {
            case .temporal(let temporal) where temporal.kind != .time:
                PathTemporal(temporal.text, kind: .dateTime).map { .temporal($0) }
            case .string(let text): PathTemporal(text, kind: .dateTime).map { .temporal($0) }
            default: nil
            }
        },
        pair("Time") { value in
            switch value {
            case .temporal(let temporal) where temporal.kind == .time: value
            case .string(let text): PathTemporal(text, kind: .time).map { .temporal($0) }
            default: nil
            }
        },
        pair("Quantity") { value in
            switch value {
            case .quantity: value
            case .boolean(let flag):
                .quantity(PathQuantity(value: PathDecimal(coefficient: flag ? 10 : 0, scale: 1), unit: "1"))
            case .string(let text): PathQuantity(text: text).map { .quantity($0) }
            default: value.number.map { .quantity(PathQuantity(value: $0, unit: "1")) }
            }
        },
    ].flatMap { $0 }

    /// `toX()`, empty where there is no conversion, and `convertsToX()`.
    private static func pair(
        _ type: String, _ convert: @escaping @Sendable (PathValue) -> PathValue?
    ) -> [PathFunction] {
        [
            PathFunction("to" + type, 0...0) { (call) throws(FHIRPathError) in
                guard let value = try call.input.single(call.name)?.system else { return [] }
                return convert(value).map { [$0] } ?? []
            },
            PathFunction("convertsTo" + type, 0...0) { (call) throws(FHIRPathError) in
                guard let value = try call.input.single(call.name)?.system else { return [] }
                return [.boolean(convert(value) != nil)]
            },
        ]
    }

    private static func word(_ text: String) -> PathValue? {
        if ["true", "t", "yes", "y", "1", "1.0"].contains(text) { return .boolean(true) }
        if ["false", "f", "no", "n", "0", "0.0"].contains(text) { return .boolean(false) }
        return nil
    }

    private static func text(of value: PathValue) -> String? {
        switch value {
        case .element: nil
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .decimal(let number): number.description
        case .string(let text): text
        case .temporal(let temporal): temporal.kind == .time && temporal.text.first == "T"
            ? String(temporal.text.dropFirst()) : temporal.text
        case .quantity(let quantity): quantity.description
        }
    }
}
