public import WardFHIR

/// The form of the answer that a request asks for, by `_format` or `Accept` and `_pretty`. There is one form: JSON.
///
/// Source: https://hl7.org/fhir/R4/http.html#mime-type and #parameters
public struct Representation: Sendable {
    /// Whether the answer is to be written on many lines (`_pretty=true`).
    public var isPretty = false
    /// The parameters that are not about the form, in order.
    public var others: [(name: String, value: String)] = []

    /// Reads `Accept` and the parameters of a request; `_format` goes over `Accept`.
    /// - Throws: ``FHIRError`` 406 where JSON is not acceptable, 400 where `_pretty` is neither true nor false.
    public init(accept: String?, query: [(name: String, value: String)]) throws(FHIRError) {
        var isNamed = false
        for (name, value) in query {
            switch name {
            case "_format":
                // A plus sign that was not encoded comes as a space.
                let type = MediaType(value.replacing("fhir json", with: "fhir+json"))
                guard type.isJSON || type.name == "json" else {
                    throw FHIRError(status: 406, .notSupported, "_format may be json: answers are application/fhir+json only", at: "_format")
                }
                isNamed = true
            case "_pretty":
                guard value == "true" || value == "false" else {
                    throw .invalid(path: "_pretty", "_pretty must be true or false")
                }
                isPretty = value == "true"
            default: others.append((name, value))
            }
        }
        if !isNamed, !Self.isAcceptable(accept) { throw .notAcceptable }
    }

    /// A body in this form.
    public func body(_ compact: [UInt8]) -> [UInt8] { isPretty ? JSONIndentation.indented(compact) : compact }

    /// Whether a client that sends this `Accept` takes JSON; the most specific range decides. Source: RFC 9110 §12.5.1
    private static func isAcceptable(_ accept: String?) -> Bool {
        guard let accept, accept.contains(where: { $0 != " " && $0 != "\t" && $0 != "," }) else { return true }
        var named: Bool?, application: Bool?, all: Bool?
        for part in accept.split(separator: ",") {
            let range = MediaType(part)
            let isWanted = range["q"].flatMap(Double.init).map { $0 > 0 } ?? true
            switch range.name {
            case "*/*": all = all ?? false || isWanted
            case "application/*": application = application ?? false || isWanted
            default: if range.isJSON { named = named ?? false || isWanted }
            }
        }
        return named ?? application ?? all ?? false
    }
}
