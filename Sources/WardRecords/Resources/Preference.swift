/// The `Prefer` header, read: what the client wants back, and how strict it wants to be treated.
///
/// Source: https://hl7.org/fhir/R4/http.html#ops and https://hl7.org/fhir/R4/search.html#errors
struct Preference: Sendable, Equatable {
    /// What a write answers with.
    enum Return: Sendable {
        case representation, minimal, operationOutcome
    }

    /// The whole resource where the client does not say.
    var answer: Return = .representation
    /// Whether unknown search parameters are passed over, and named in the answer, instead of refused.
    var isLenient = false

    /// Reads a header; what it does not know is no error (RFC 7240 §2).
    init(_ header: String?) {
        guard let header else { return }
        for part in header.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            switch part.filter({ $0 != " " && $0 != "\t" && $0 != "\"" }).lowercased() {
            case "return=minimal": answer = .minimal
            case "return=operationoutcome": answer = .operationOutcome
            case "handling=lenient": isLenient = true
            default: break
            }
        }
    }
}
