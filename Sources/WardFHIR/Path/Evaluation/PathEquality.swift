/// Equality, equivalence and order of values.
///
/// Source: https://hl7.org/fhirpath/N1/#equality
enum PathEquality {
    /// `=`: nil (unknown) if either is empty, or precision leaves it open.
    static func equal(_ left: [PathValue], _ right: [PathValue]) -> Bool? {
        if left.isEmpty || right.isEmpty { return nil }
        if left.count != right.count { return false }
        var isOpen = false
        for (first, second) in zip(left, right) {
            switch equal(first, second) {
            case false?: return false
            case nil: isOpen = true
            case true?: continue
            }
        }
        return isOpen ? nil : true
    }

    /// `=` of two values.
    static func equal(_ left: PathValue, _ right: PathValue) -> Bool? {
        if case .element(let first) = left, case .element(let second) = right, first.isSame(as: second) { return true }
        switch (left.system, right.system) {
        case (.boolean(let first), .boolean(let second)): return first == second
        case (.string(let first), .string(let second)): return first.utf8.elementsEqual(second.utf8)
        case (.integer(let first), .integer(let second)): return first == second
        case (.temporal(let first), .temporal(let second)):
            if (first.kind == .time) != (second.kind == .time) { return false }
            return first.compare(second).map { $0 == 0 }
        case (.quantity(let first), .quantity(let second)): return first.compare(second).map { $0 == 0 }
        case (.element(let first), .element(let second)): return PathDeepEquality.equal(first, second)
        case (let first, let second):
            if let first = first.number, let second = second.number { return first == second }
            if let (first, second) = quantities(first, second) { return first.compare(second).map { $0 == 0 } }
            return false
        }
    }

    /// `~`: order, case and white space do not count.
    static func equivalent(_ left: [PathValue], _ right: [PathValue]) -> Bool {
        if left.count != right.count { return false }
        var rest = right
        for value in left {
            guard let index = rest.firstIndex(where: { equivalent(value, $0) }) else { return false }
            rest.remove(at: index)
        }
        return true
    }

    /// Less, equal or greater, as -1, 0, 1; nil if precision leaves it open.
    static func order(_ left: PathValue, _ right: PathValue, _ name: String) throws(FHIRPathError) -> Int? {
        switch (left, right) {
        case (.string(let first), .string(let second)):
            return first == second ? 0 : first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars) ? -1 : 1
        case (.temporal(let first), .temporal(let second)):
            if (first.kind == .time) != (second.kind == .time) { throw FHIRPathError(.wrongType, name) }
            return first.compare(second)
        case (.quantity(let first), .quantity(let second)):
            return first.compare(second)
        default:
            if let first = left.number, let second = right.number {
                return first < second ? -1 : first == second ? 0 : 1
            }
            if let (first, second) = quantities(left, right) { return first.compare(second) }
            throw FHIRPathError(.wrongType, name)
        }
    }

    private static func equivalent(_ left: PathValue, _ right: PathValue) -> Bool {
        switch (left.system, right.system) {
        case (.string(let first), .string(let second)): return folded(first) == folded(second)
        case (.quantity(let first), .quantity(let second)): return first.isEquivalent(to: second)
        case (let first, let second):
            if let first = first.number, let second = second.number { return first.isEquivalent(to: second) }
            return equal(left, right) == true
        }
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A number beside a quantity counts as a quantity of unit 1.
    private static func quantities(_ left: PathValue, _ right: PathValue) -> (PathQuantity, PathQuantity)? {
        switch (left, right) {
        case (.quantity(let first), _): right.number.map { (first, PathQuantity(value: $0, unit: "1")) }
        case (_, .quantity(let second)): left.number.map { (PathQuantity(value: $0, unit: "1"), second) }
        default: nil
        }
    }
}
