import WardFHIR

/// What a search asks of a quantity: a number, and the unit that it is in: `5.4`, `5.4|system|code` or `5.4||code`.
///
/// Without a unit the number alone compares, as it was written. `||code` compares with the code or the words of the unit, in any system. With a
/// system and a code of UCUM, quantities in every unit of the same dimension compare by what they are in base units: `5|http://unitsofmeasure.org|mg`
/// finds 0.005 g. Codes of other systems, and those that are no multiples of base units, compare with themselves.
/// Source: https://hl7.org/fhir/R4/search.html#quantity
public struct QuantityTest: Sendable {
    /// What must hold of the unit.
    enum Unit: Sendable {
        case any
        /// The code, or the unit in words.
        case named([UInt8])
        case coded(system: [UInt8], known: Int?, code: [UInt8])
        /// A code of UCUM, what it is in base units, and the number in these.
        case measured(code: [UInt8], CanonicalUnit, canonical: NumberTest)
    }

    let number: NumberTest
    let unit: Unit

    static func parse(_ part: Substring, _ text: ParameterText) throws(FHIRError) -> QuantityTest {
        let parts = SearchText.split(part, at: "|", limit: 4)
        guard parts.count == 1 || parts.count == 3 else { throw text.bad("number, number|system|code or number||code") }
        let number = try NumberTest.parse(number: text.unescaped(parts[0]), text)
        guard parts.count == 3 else { return QuantityTest(number: number, unit: .any) }
        let (system, code) = (try text.unescaped(parts[1]), try text.unescaped(parts[2]))
        guard !code.isEmpty else { throw text.bad("number, number|system|code or number||code") }
        if system.isEmpty { return QuantityTest(number: number, unit: .named(Array(code.utf8))) }
        if system == UCUM.system, let unit = UCUM.unit(code) {
            return QuantityTest(
                number: number, unit: .measured(code: Array(code.utf8), unit, canonical: number.map(unit.canonical)))
        }
        return QuantityTest(
            number: number,
            unit: .coded(system: Array(system.utf8), known: KnownSystems.number(of: system), code: Array(code.utf8)))
    }

    /// Whether one of the values that follow matches one of the tests.
    static func anyMatches(_ tests: [QuantityTest], _ values: FilterCursor) throws(FilterRecordError) -> Bool {
        var values = values
        while !values.isAtEnd {
            let tag = try values.byte()
            guard tag == FilterRecord.Tag.quantity else {
                try values.skip(tag)
                continue
            }
            let parts = try values.quantityParts()
            for test in tests where test.matches(parts) { return true }
        }
        return false
    }

    func matches(_ quantity: FilterCursor.QuantityParts) -> Bool {
        switch unit {
        case .any: return number.matches(quantity.interval)
        case .named(let name):
            return (FilterCursor.same(quantity.code, name) || FilterCursor.same(quantity.unit, name))
                && number.matches(quantity.interval)
        case .coded(let system, let known, let code):
            let isSame = switch quantity.system {
            case .known(let number): number == known
            case .text(let text): FilterCursor.same(text, system)
            }
            return isSame && FilterCursor.same(quantity.code, code) && number.matches(quantity.interval)
        case .measured(let code, let unit, let canonical):
            guard case .known(let number) = quantity.system, number == Self.ucum else { return false }
            // The same code needs no conversion: the numbers compare as they were written.
            if FilterCursor.same(quantity.code, code) { return self.number.matches(quantity.interval) }
            guard let other = UCUM.unit(String(decoding: quantity.code, as: UTF8.self)), other.dimension == unit.dimension
            else { return false }
            return canonical.matches(quantity.interval.map(other.canonical))
        }
    }

    private static let ucum = KnownSystems.number(of: UCUM.system)

    /// Terms of which every matching quantity has one; nil if there are none.
    func terms() -> [TermBody]? {
        let field: (measure: [UInt8], test: NumberTest)
        switch unit {
        case .any, .named: return nil
        case .coded(let system, _, let code): field = (QuantityTerm.measure(system: system, code: code), number)
        case .measured(_, let unit, let canonical): field = (QuantityTerm.measure(unit), canonical)
        }
        return field.test.nodes()?.map { TermBody(kind: .number, value: field.measure + $0) }
    }
}

/// The values of terms of quantities: what is measured, then a node of the number tree.
enum QuantityTerm {
    /// Quantities of one dimension compare.
    static func measure(_ unit: CanonicalUnit) -> [UInt8] { prefixed(0, Array(unit.dimension.text.utf8)) }

    /// Codes that cannot be converted compare with themselves.
    static func measure(system: [UInt8], code: [UInt8]) -> [UInt8] { prefixed(1, system + [0x7C] + code) }

    /// The terms of a quantity; none where it has no coded unit.
    static func values(of quantity: QuantityValue) -> [[UInt8]] {
        guard let code = quantity.code, let system = quantity.system else { return [] }
        if system == UCUM.system, let unit = UCUM.unit(code) {
            let measure = measure(unit)
            return NumberTree.nodes(of: quantity.interval.map(unit.canonical)).map { measure + $0 }
        }
        let measure = measure(system: Array(system.utf8), code: Array(code.utf8))
        return NumberTree.nodes(of: quantity.interval).map { measure + $0 }
    }

    private static func prefixed(_ kind: UInt8, _ text: [UInt8]) -> [UInt8] {
        [kind, UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)] + text
    }
}

extension FilterCursor {
    /// A quantity where it lies in the record; texts that it has not are empty.
    struct QuantityParts {
        enum System {
            case known(Int)
            case text(UnsafeBufferPointer<UInt8>)
        }

        var interval: NumberInterval
        var system: System
        var code: UnsafeBufferPointer<UInt8>
        var unit: UnsafeBufferPointer<UInt8>

        /// The quantity as it was encoded.
        var value: QuantityValue {
            let systemText = switch system {
            case .known(let number): KnownSystems.urls[number]
            case .text(let text): String(decoding: text, as: UTF8.self)
            }
            return QuantityValue(
                interval: interval, system: systemText.isEmpty ? nil : systemText,
                code: code.isEmpty ? nil : String(decoding: code, as: UTF8.self),
                unit: unit.isEmpty ? nil : String(decoding: unit, as: UTF8.self))
        }
    }

    /// Reads a quantity whose tag has been read.
    mutating func quantityParts() throws(FilterRecordError) -> QuantityParts {
        let interval = try numberInterval(try byte())
        let number = try length()
        guard number <= KnownSystems.urls.count else { throw FilterRecordError(.malformed) }
        let system = number == 0 ? QuantityParts.System.text(try text()) : .known(number - 1)
        return QuantityParts(interval: interval, system: system, code: try text(), unit: try text())
    }

    /// Reads a number whose tag has been read.
    mutating func numberInterval(_ tag: UInt8) throws(FilterRecordError) -> NumberInterval {
        switch tag {
        case FilterRecord.Tag.number: return NumberInterval(Double(bitPattern: try integer()))
        case FilterRecord.Tag.numberSpan:
            let low = Double(bitPattern: try integer())
            return NumberInterval(low: low, high: Double(bitPattern: try integer()))
        default: throw FilterRecordError(.malformed)
        }
    }
}
