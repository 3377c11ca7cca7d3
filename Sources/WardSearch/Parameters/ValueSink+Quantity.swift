import WardFHIR

/// Numbers, and quantities in all their kinds: Quantity, Age, Duration, Money, Range, SampledData.
///
/// Source: https://hl7.org/fhir/R4/search.html#quantity
extension ValueSink {
    mutating func readNumber(_ node: JSONNode, form: DataForm) {
        if form == .number, let value = Self.number(node) { add(.number(NumberInterval(value))) } else { add(.present) }
    }

    mutating func readQuantity(_ node: JSONNode, form: DataForm) {
        switch form {
        case .quantity:
            guard let value = Self.number(node["value"]) else { return add(.present) }
            add(.quantity(Self.quantity(Self.compared(value, node["comparator"]), node)))
        case .money:
            guard let value = Self.number(node["value"]) else { return add(.present) }
            add(.quantity(QuantityValue(
                interval: NumberInterval(value), system: node["currency"] == nil ? nil : "urn:iso:std:iso:4217",
                code: node["currency"]?.string)))
        case .range: readRange(node["low"], node["high"])
        case .sampledData: readSamples(node)
        default: add(.present)
        }
    }

    /// A range whose ends are in different units is two quantities, since nothing tells which of them holds.
    private mutating func readRange(_ low: JSONNode?, _ high: JSONNode?) {
        let ends = [low, high].map { node in Self.number(node?["value"]) }
        switch (low, ends[0], high, ends[1]) {
        case (let low?, let first?, let high?, let last?):
            let (one, other) = (Self.quantity(NumberInterval(first), low), Self.quantity(NumberInterval(last), high))
            guard one.system == other.system, one.code == other.code, first <= last else {
                add(.quantity(one))
                return add(.quantity(other))
            }
            add(.quantity(Self.quantity(NumberInterval(low: first, high: last), low)))
        case (let low?, let first?, _, _): add(.quantity(Self.quantity(NumberInterval(low: first, high: .infinity), low)))
        case (_, _, let high?, let last?): add(.quantity(Self.quantity(NumberInterval(low: -.infinity, high: last), high)))
        default: add(.present)
        }
    }

    /// The span of the samples, `origin + factor × sample`; those below or above what could be measured count as the limit.
    private mutating func readSamples(_ node: JSONNode) {
        guard let origin = node["origin"], let zero = Self.number(origin["value"]), let data = node["data"]?.string else {
            return add(.present)
        }
        let factor = Self.number(node["factor"]) ?? 1
        var span: NumberInterval?
        for word in data.split(separator: " ") {
            let sample: Double? = switch word {
            case "E": nil
            case "L": Self.number(node["lowerLimit"])
            case "U": Self.number(node["upperLimit"])
            default: Double(String(word))
            }
            guard let sample, sample.isFinite else { continue }
            let value = NumberInterval(zero + factor * sample)
            span = span?.union(value) ?? value
        }
        guard let span else { return add(.present) }
        add(.quantity(Self.quantity(span, origin)))
    }

    private static func quantity(_ interval: NumberInterval, _ node: JSONNode) -> QuantityValue {
        let (code, unit) = (node["code"]?.string, node["unit"]?.string)
        return QuantityValue(
            interval: interval, system: node["system"]?.string, code: code, unit: unit == code ? nil : unit)
    }

    private static func compared(_ value: Double, _ comparator: JSONNode?) -> NumberInterval {
        switch comparator?.string {
        case "<", "<=": NumberInterval(low: -.infinity, high: value)
        case ">", ">=": NumberInterval(low: value, high: .infinity)
        default: NumberInterval(value)
        }
    }

    private static func number(_ node: JSONNode?) -> Double? {
        guard let text = node?.lexeme, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
