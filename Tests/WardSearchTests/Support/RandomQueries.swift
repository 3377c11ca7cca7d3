import WardTesting
@testable import WardSearch

/// Makes queries of every form, mostly from values that records have, so that a good part of them matches something.
struct RandomQueries {
    let records: [ExtractedValues]
    var random: SeededRandom

    mutating func parameters() -> [(String, String)] {
        (0..<Int.random(in: 1...3, using: &random)).compactMap { _ in parameter() }
    }

    private mutating func parameter() -> (String, String)? {
        guard let record = records.randomElement(using: &random), let entry = record.entries.randomElement(using: &random) else {
            return nil
        }
        let parameter = record.parameters.all[Int(entry.number)]
        let code = parameter.code
        if Int.random(in: 0..<12, using: &random) == 0 {
            let other = record.parameters.supported.filter { !$0.code.hasPrefix("_") }.randomElement(using: &random)
            return ((other?.code ?? code) + ":missing", Bool.random(using: &random) ? "true" : "false")
        }
        if parameter.placesInPatientCompartment, let patient = record.patient, Bool.random(using: &random) {
            return ([code, code + ":Patient"].randomElement(using: &random)!, "Patient/\(patient)")
        }
        var modifier = ""
        var parts: [String] = []
        for value in entry.values.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)) {
            guard let (text, suffix) = text(value), parts.isEmpty || suffix == modifier else { continue }
            modifier = suffix
            parts.append(text)
        }
        return parts.isEmpty ? nil : (code + modifier, parts.joined(separator: ","))
    }

    private mutating func text(_ value: SearchValue) -> (String, String)? {
        switch value {
        case .token(let token):
            let text = Self.text(token, Int.random(in: 0..<4, using: &random))
            return (text, Int.random(in: 0..<6, using: &random) == 0 ? ":not" : "")
        case .string(let string): return self.string(string)
        case .reference(.local(let type, let id)):
            return ["\(type)/\(id)", id, "https://ward.test/fhir/\(type)/\(id)"].randomElement(using: &random).map { ($0, "") }
        case .reference(.absolute(let url)): return (Self.escaped(url), "")
        case .reference(.identifier(let token)): return (Self.text(token, Int.random(in: 0..<2, using: &random)), ":identifier")
        case .date(let interval): return (date(interval), "")
        case .uri(let canonical): return (Self.escaped(canonical.url), ["", ":below", ":above"].randomElement(using: &random)!)
        case .number(let interval): return (number(interval.low), "")
        case .quantity(let quantity):
            let unit = [
                "", quantity.code.map { "||" + Self.escaped($0) } ?? "",
                quantity.code.map { "|" + Self.escaped(quantity.system ?? "") + "|" + Self.escaped($0) } ?? "",
            ].randomElement(using: &random) ?? ""
            return (number(quantity.interval.low) + unit, "")
        case .present: return nil
        }
    }

    private mutating func number(_ value: Double) -> String {
        let prefix = ["", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"].randomElement(using: &random) ?? ""
        return prefix + (value.isFinite ? "\(value)" : "1")
    }

    private static func text(_ token: TokenValue, _ form: Int) -> String {
        let code = token.code.map(escaped)
        guard case .uri(let system) = token.system else { return form == 0 ? "|" + (code ?? "x") : code ?? "x" }
        switch form {
        case 0: return escaped(system) + "|"
        case 1, 2: return escaped(system) + "|" + (code ?? "")
        default: return code ?? escaped(system) + "|"
        }
    }

    private mutating func string(_ string: StringValue) -> (String, String)? {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return (Self.escaped(string.composed), ":exact")
        case 1:
            let length = Int.random(in: 0...string.folded.count, using: &random)
            let part = string.folded.dropFirst(Int.random(in: 0...length, using: &random)).prefix(5)
            return part.allSatisfy(\.isWhitespace) ? nil : (Self.escaped(String(part)), ":contains")
        default:
            let length = Int.random(in: 0...string.composed.count, using: &random)
            let part = string.composed.prefix(length).uppercased()
            return part.allSatisfy(\.isWhitespace) ? nil : (Self.escaped(part), "")
        }
    }

    private mutating func date(_ interval: DateInterval) -> String {
        let prefix = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"].randomElement(using: &random)!
        let ends = [interval.low, interval.high].filter { $0 != DateInterval.openLow && $0 != DateInterval.openHigh }
        let base = (ends.randomElement(using: &random) ?? 0) + Int64.random(in: -2...2, using: &random)
            * [0, 1_000_000, DateInterval.dayMicroseconds, 400 * DateInterval.dayMicroseconds].randomElement(using: &random)!
        let day = CivilDay(number: CivilDay.number(ofMicroseconds: base))
        func pad(_ number: Int, _ count: Int = 2) -> String {
            String(repeating: "0", count: max(0, count - String(number).count)) + String(number)
        }
        let seconds = Int((base - Int64(day.number) * DateInterval.dayMicroseconds) / 1_000_000)
        let texts = [
            pad(day.year, 4), "\(pad(day.year, 4))-\(pad(day.month))", "\(pad(day.year, 4))-\(pad(day.month))-\(pad(day.day))",
            "\(pad(day.year, 4))-\(pad(day.month))-\(pad(day.day))T\(pad(seconds / 3600)):\(pad(seconds / 60 % 60)):\(pad(seconds % 60))Z",
        ]
        return prefix + texts.randomElement(using: &random)!
    }

    static func escaped(_ text: String) -> String {
        text.map { character in ["\\", ",", "|", "$"].contains(character) ? "\\\(character)" : String(character) }.joined()
    }
}
