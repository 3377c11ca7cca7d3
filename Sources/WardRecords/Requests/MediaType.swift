/// A media type with its parameters, as `Content-Type`, `Accept` and `_format` name it. Source: RFC 9110 §8.3.1
struct MediaType: Sendable {
    /// `type/subtype` or a short name such as `json`, in lower case.
    let name: String
    private let parameters: [(name: String, value: String)]

    init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        name = Self.trimmed(parts.first ?? "").lowercased()
        parameters = parts.dropFirst().map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? Self.trimmed(halves[1]).filter { $0 != "\"" } : ""
            return (Self.trimmed(halves.first ?? "").lowercased(), value)
        }
    }

    /// The value of a parameter, without quotes.
    subscript(parameter: String) -> String? { parameters.first { $0.name == parameter }?.value }

    /// Whether it is JSON as FHIR writes it: one of the names that clients use for it, in UTF-8, of this version of FHIR.
    ///
    /// Source: https://hl7.org/fhir/R4/http.html#mime-type and #version-parameter
    var isJSON: Bool {
        guard Self.names.contains(name) else { return false }
        if let version = self["fhirversion"], version != "4.0" { return false }
        if let charset = self["charset"], charset.lowercased() != "utf-8" { return false }
        return true
    }

    private static let names: Set<String> = [
        "application/fhir+json", "application/json", "text/json", "application/json+fhir",
    ]

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
