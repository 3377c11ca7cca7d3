internal import Synchronization

/// Reads unit codes of UCUM and tells what they are in base units, so that `5 mg/dL` and `50 mg/L` are the same.
///
/// Grammar: terms of `.` and `/`, parentheses, whole factors, exponents, annotations in braces (which count for nothing).
/// Source: https://ucum.org/ucum §§ 1 to 12; case-sensitive codes.
enum UCUM {
    /// The system of the codes.
    static let system = "http://unitsofmeasure.org"

    /// Longest code that is read.
    private static let longest = 64
    /// Codes kept at most; records use some hundred.
    private static let keptCodes = 4_096
    private static let kept = Mutex<[String: CanonicalUnit?]>([:])

    /// The unit of a code; nil where it is no code of UCUM, or one that is no multiple of base units.
    static func unit(_ code: String) -> CanonicalUnit? {
        if let known = kept.withLock({ $0[code] }) { return known }
        guard code.utf8.count <= longest else { return nil }
        let unit = read(code, depth: 0)
        kept.withLock { kept in
            if kept.count >= keptCodes { kept.removeAll() }
            kept[code] = .some(unit)
        }
        return unit
    }

    /// Reads without the memory, which definitions of atoms use as well.
    static func read(_ code: String, depth: Int) -> CanonicalUnit? {
        if let temperature = UnitAtoms.temperatures[code] {
            var kelvin = CanonicalUnit(factor: temperature.factor, offset: temperature.offset)
            kelvin.dimension.powers[4] = 1
            return kelvin
        }
        var reader = UnitReader(code, depth: depth)
        return reader.whole()
    }
}

/// Reads one code.
struct UnitReader {
    private let characters: [Character]
    private var position = 0
    /// How many definitions lie around this one; parentheses count too.
    private let depth: Int

    private static let deepest = 12

    init(_ code: String, depth: Int) {
        characters = Array(code)
        self.depth = depth
    }

    mutating func whole() -> CanonicalUnit? {
        guard depth < Self.deepest, !characters.isEmpty, let unit = term(level: 0), position == characters.count else { return nil }
        guard unit.factor.isFinite, unit.factor > 0 else { return nil }
        return unit
    }

    private mutating func term(level: Int) -> CanonicalUnit? {
        var result = CanonicalUnit()
        var power = 1
        if take("/") { power = -1 }
        while true {
            guard let part = component(level: level) else { return nil }
            result.multiply(by: part, power: power)
            if take(".") { power = 1 } else if take("/") { power = -1 } else { return result }
        }
    }

    private mutating func component(level: Int) -> CanonicalUnit? {
        if take("(") {
            guard level + depth < Self.deepest, let inner = term(level: level + 1), take(")") else { return nil }
            return inner
        }
        if peek == "{" { return annotation() ? CanonicalUnit() : nil }
        let start = position
        while let next = peek, !".()/{".contains(next) || isInBrackets(from: start) { position += 1 }
        let text = String(characters[start..<position])
        guard let unit = Self.simple(text, depth: depth) else { return nil }
        if peek == "{" { guard annotation() else { return nil } }
        return unit
    }

    /// Whether an opening square bracket since `start` has not been closed.
    private func isInBrackets(from start: Int) -> Bool {
        var isOpen = false
        for character in characters[start..<position] {
            if character == "[" { isOpen = true } else if character == "]" { isOpen = false }
        }
        return isOpen
    }

    private mutating func annotation() -> Bool {
        guard take("{") else { return false }
        while let next = peek, next != "}" {
            guard next.isASCII, next != "{" else { return false }
            position += 1
        }
        return take("}")
    }

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard peek == character else { return false }
        position += 1
        return true
    }

    /// A factor, or an atom with its prefix and exponent.
    private static func simple(_ text: String, depth: Int) -> CanonicalUnit? {
        guard !text.isEmpty else { return nil }
        if text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return Double(text).flatMap { $0 > 0 ? CanonicalUnit(factor: $0) : nil }
        }
        if let unit = atom(text, depth: depth) { return unit }
        // The exponent: digits at the end, with a sign or without.
        var digits = text[...]
        while let last = digits.last, last.isASCII, last.isNumber { digits.removeLast() }
        var exponent = text[digits.endIndex...]
        guard !exponent.isEmpty else { return nil }
        if let sign = digits.last, sign == "+" || sign == "-" {
            digits.removeLast()
            exponent = text[digits.endIndex...]
        }
        guard let power = Int(exponent), abs(power) <= 64, let base = atom(String(digits), depth: depth) else { return nil }
        var unit = CanonicalUnit()
        unit.multiply(by: base, power: power)
        return unit
    }

    private static func atom(_ text: String, depth: Int) -> CanonicalUnit? {
        let code = UnitAtoms.aliases[text] ?? text
        if let base = UnitDimension.bases.firstIndex(of: code) {
            var unit = CanonicalUnit()
            unit.dimension.powers[base] = 1
            return unit
        }
        if UnitAtoms.arbitrary.contains(code) {
            var unit = CanonicalUnit()
            unit.dimension.arbitrary[code] = 1
            return unit
        }
        if let (value, expression) = UnitAtoms.metric[code] ?? UnitAtoms.plain[code] {
            guard var unit = UCUM.read(expression, depth: depth + 1) else { return nil }
            unit.factor *= value
            return unit
        }
        for (prefix, factor) in UnitAtoms.prefixes where code.hasPrefix(prefix) && code.count > prefix.count {
            let rest = String(code.dropFirst(prefix.count))
            let name = UnitAtoms.aliases[rest] ?? rest
            guard UnitDimension.bases.contains(name) || UnitAtoms.metric[name] != nil || metricArbitrary.contains(name) else { continue }
            guard var unit = atom(rest, depth: depth + 1) else { return nil }
            unit.factor *= factor
            return unit
        }
        return nil
    }

    /// Arbitrary units that take prefixes.
    private static let metricArbitrary: Set<String> = ["[iU]", "[EU]"]
}
