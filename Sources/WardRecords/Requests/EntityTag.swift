internal import WardFHIR

/// Version-aware headers: `If-Match` and `If-None-Match` with weak entity tags of the form `W/"3"`.
///
/// Source: https://hl7.org/fhir/R4/http.html#concurrency, RFC 9110 §13.
enum EntityTag {
    /// The version that `If-Match` asks for; nil where the header is missing.
    /// - Throws: ``FHIRError`` 400 where it is no entity tag of a version.
    static func required(_ header: String?) throws(FHIRError) -> UInt64? {
        guard let header else { return nil }
        guard let version = version(header) else {
            throw .invalid(path: "If-Match", "If-Match must be the ETag of a version, such as W/\"3\"")
        }
        return version
    }

    /// Whether one of the tags of `If-None-Match` is this version, or it is `*`.
    static func matches(_ header: String?, version: UInt64) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let tag = part.drop { $0 == " " || $0 == "\t" }
            return tag == "*" || Self.version(String(tag)) == version
        }
    }

    private static func version(_ text: String) -> UInt64? {
        var tag = Substring(text)
        while tag.last == " " || tag.last == "\t" { tag.removeLast() }
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        guard tag.count >= 3, tag.first == "\"", tag.last == "\"" else { return nil }
        return UInt64(tag.dropFirst().dropLast())
    }
}
