/// The operators with two operands, but for `is` and `as`.
///
/// Source: https://hl7.org/fhirpath/N1/#operations
enum PathOperator: String, Sendable {
    case equal = "=", notEqual = "!=", equivalent = "~", notEquivalent = "!~"
    case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case union = "|", isIn = "in", contains
    case and, or, xor, implies
    case add = "+", subtract = "-", multiply = "*", divide = "/", quotient = "div", remainder = "mod", concatenate = "&"

    func evaluate(_ left: PathNode, _ right: PathNode, in context: PathContext) throws(FHIRPathError) -> [PathValue] {
        let first = try left.evaluate(in: context)
        let second = try right.evaluate(in: context)
        switch self {
        case .equal: return Self.result(PathEquality.equal(first, second))
        case .notEqual: return Self.result(PathEquality.equal(first, second).map { !$0 })
        case .equivalent: return [.boolean(PathEquality.equivalent(first, second))]
        case .notEquivalent: return [.boolean(!PathEquality.equivalent(first, second))]
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return Self.result(try compare(first, second))
        case .union: return PathSet.union(first, second)
        case .isIn: return try membership(of: first, in: second)
        case .contains: return try membership(of: second, in: first)
        case .and, .or, .xor, .implies:
            return Self.result(logic(try first.condition(rawValue), try second.condition(rawValue)))
        default: return try PathArithmetic.evaluate(self, first, second)
        }
    }

    private static func result(_ flag: Bool?) -> [PathValue] {
        flag.map { [.boolean($0)] } ?? []
    }

    private func compare(_ left: [PathValue], _ right: [PathValue]) throws(FHIRPathError) -> Bool? {
        guard let first = try left.single(rawValue)?.system,
            let second = try right.single(rawValue)?.system
        else { return nil }
        guard let order = try PathEquality.order(first, second, rawValue) else { return nil }
        return switch self {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }

    private func membership(of items: [PathValue], in values: [PathValue]) throws(FHIRPathError) -> [PathValue] {
        guard let item = try items.single(rawValue) else { return [] }
        return [.boolean(values.contains { PathEquality.equal($0, item) == true })]
    }

    /// Three-valued: nil is unknown.
    private func logic(_ left: Bool?, _ right: Bool?) -> Bool? {
        switch (self, left, right) {
        case (.and, false?, _), (.and, _, false?): false
        case (.and, true?, true?): true
        case (.or, true?, _), (.or, _, true?): true
        case (.or, false?, false?): false
        case (.xor, let left?, let right?): left != right
        case (.implies, false?, _), (.implies, _, true?): true
        case (.implies, true?, false?): false
        default: nil
        }
    }
}
