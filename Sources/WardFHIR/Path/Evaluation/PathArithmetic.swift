/// Numbers, text and moments under `+ - * / div mod &` and unary minus.
///
/// What overflows, or divides by zero, is empty. Source: https://hl7.org/fhirpath/N1/#math
enum PathArithmetic {
    static func negate(_ values: [PathValue]) throws(FHIRPathError) -> [PathValue] {
        switch try values.single("-")?.system {
        case nil: return []
        case .integer(let number): return [.integer(-number)]
        case .decimal(let number): return [.decimal(PathDecimal(coefficient: -number.coefficient, scale: number.scale))]
        case .quantity(let quantity):
            let value = PathDecimal(coefficient: -quantity.value.coefficient, scale: quantity.value.scale)
            return [.quantity(PathQuantity(value: value, unit: quantity.unit))]
        default: throw FHIRPathError(.wrongType, "-")
        }
    }

    static func evaluate(
        _ operation: PathOperator, _ left: [PathValue], _ right: [PathValue]
    ) throws(FHIRPathError) -> [PathValue] {
        let name = operation.rawValue
        if operation == .concatenate { return [.string((try left.text(name) ?? "") + (try right.text(name) ?? ""))] }
        guard let first = try left.single(name)?.system, let second = try right.single(name)?.system else { return [] }
        switch (first, second) {
        case (.string(let first), .string(let second)) where operation == .add:
            return [.string(first + second)]
        case (.integer(let first), .integer(let second)):
            return integers(operation, first, second)
        case (.quantity(let first), .quantity(let second)) where operation == .add || operation == .subtract:
            guard first.unit == second.unit else { throw FHIRPathError(.wrongType, name) }
            let sum = first.value.adding(second.value, sign: operation == .add ? 1 : -1)
            return sum.map { [.quantity(PathQuantity(value: $0, unit: first.unit))] } ?? []
        case (.temporal(let moment), .quantity(let quantity)) where operation == .add || operation == .subtract:
            let moved = try moment.adding(quantity, sign: operation == .add ? 1 : -1, name)
            return moved.map { [.temporal($0)] } ?? []
        default:
            guard let first = first.number, let second = second.number else { throw FHIRPathError(.wrongType, name) }
            return decimals(operation, first, second)
        }
    }

    private static func integers(_ operation: PathOperator, _ left: Int, _ right: Int) -> [PathValue] {
        let (value, overflow): (Int, Bool) =
            switch operation {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            case .quotient: left.dividedReportingOverflow(by: right)
            case .remainder: left.remainderReportingOverflow(dividingBy: right)
            default: (0, true)
            }
        if operation == .divide {
            return decimals(.divide, PathDecimal(coefficient: Int128(left)), PathDecimal(coefficient: Int128(right)))
        }
        return overflow ? [] : [.integer(value)]
    }

    private static func decimals(_ operation: PathOperator, _ left: PathDecimal, _ right: PathDecimal) -> [PathValue] {
        let value: PathDecimal?
        switch operation {
        case .add: value = left.adding(right)
        case .subtract: value = left.adding(right, sign: -1)
        case .multiply: value = left.multiplied(by: right)
        case .divide: value = left.divided(by: right)
        case .quotient, .remainder:
            guard let whole = left.divided(by: right)?.truncated else { return [] }
            if operation == .quotient { return Int(exactly: whole).map { [.integer($0)] } ?? [] }
            value = right.multiplied(by: PathDecimal(coefficient: whole)).flatMap { left.adding($0, sign: -1) }
        default: value = nil
        }
        return value.map { [.decimal($0)] } ?? []
    }
}

extension PathValue {
    /// An Integer or Decimal as a Decimal.
    var number: PathDecimal? {
        switch self {
        case .integer(let number): PathDecimal(coefficient: Int128(number))
        case .decimal(let number): number
        default: nil
        }
    }
}
