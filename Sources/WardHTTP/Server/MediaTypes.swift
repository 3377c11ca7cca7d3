/// The media types of this layer.
enum MediaTypes {
    static let fhir = "application/fhir+json; fhirVersion=4.0; charset=utf-8"
    static let json = "application/json; charset=utf-8"
    static let html = "text/html; charset=utf-8"
    static let form = "application/x-www-form-urlencoded"
    static let prometheus = "text/plain; version=0.0.4; charset=utf-8"

    /// Whether a `Content-Type` names `type`, whatever its parameters and case.
    static func matches(_ contentType: String?, _ type: String) -> Bool {
        guard let contentType else { return false }
        return contentType.prefix { $0 != ";" && $0 != " " }.lowercased() == type
    }
}
