import WardFHIR

/// One parameter of a query, before its values are read.
struct ParameterText {
    /// As written, with its modifier.
    let name: String
    let parameter: SearchParameter
    let modifier: String?
    let text: String
    let context: SearchContext

    /// Reads each of the values that commas separate.
    func each<Value>(
        _ parse: (Substring, ParameterText) throws(FHIRError) -> Value
    ) throws(FHIRError) -> [Value] {
        var result: [Value] = []
        for part in SearchText.split(text[...], at: ",") {
            guard !part.isEmpty else { throw bad("not empty") }
            result.append(try parse(part, self))
        }
        return result
    }

    /// A part of a value without its escapes.
    func unescaped(_ part: Substring) throws(FHIRError) -> String {
        guard let text = SearchText.unescaped(part) else { throw bad("escaped as FHIR says") }
        return text
    }

    func flag() throws(FHIRError) -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw bad("true or false")
        }
    }

    func ids() throws(FHIRError) -> [String] {
        guard modifier == nil else { throw SearchRefusal.unsupportedModifier(name) }
        return try each { (part, text) throws(FHIRError) in
            guard ReferenceText.isID(part) else { throw text.bad("a logical id") }
            return String(part)
        }
    }

    func bad(_ expected: String) -> FHIRError { SearchRefusal.badValue(name, expected) }
}
