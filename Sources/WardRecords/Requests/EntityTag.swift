internal import WardFHIR

/// Version-aware headers: `If-Match` and `If-None-Match` with weak entity tags of the form `W/"3"`.
///
/// Source: https://hl7.org/fhir/R4/http.html#concurrency, RFC 9110 §13.
enum EntityTag {
    /// The version that `If-Match` asks for; nil where the header is missing.
    /// - Throws: ``FHIRError`` 400 where it is not the entity tag of one version.
    static func required(_ header: String?) throws(FHIRError) -> UInt64? {
        guard let header else { return nil }
        guard let tag = opaque(header), let version = VersionNumber.parse(tag) else {
            throw .invalid(path: "If-Match", "If-Match must be the ETag of a version, such as W/\"3\"")
        }
        return version
    }

    /// What `If-None-Match` excludes.
    enum Excluded: Sendable, Equatable {
        case anything
        case versions([UInt64])

        func contains(_ version: UInt64) -> Bool {
            switch self {
            case .anything: true
            case .versions(let versions): versions.contains(version)
            }
        }
    }

    /// What `If-None-Match` excludes; nil where the header is missing. A tag that is of no version of ours excludes nothing.
    /// - Throws: ``FHIRError`` 400 where it is neither `*` nor a list of entity tags.
    static func excluded(_ header: String?) throws(FHIRError) -> Excluded? {
        guard let header else { return nil }
        if trimmed(header[...]) == "*" { return .anything }
        var versions: [UInt64] = []
        for part in header.split(separator: ",", omittingEmptySubsequences: false) {
            guard let tag = opaque(part) else {
                throw .invalid(path: "If-None-Match", "If-None-Match must be * or ETags of versions, such as W/\"3\"")
            }
            if let version = VersionNumber.parse(tag) { versions.append(version) }
        }
        return .versions(versions)
    }

    /// What stands between the quotes of one entity tag; nil where it is none.
    private static func opaque(_ text: some StringProtocol) -> Substring? {
        var tag = trimmed(Substring(text))
        if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
        guard tag.count >= 2, tag.first == "\"", tag.last == "\"" else { return nil }
        let inner = tag.dropFirst().dropLast()
        return inner.contains("\"") ? nil : inner
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

/// Version ids as Ward writes them: whole numbers from 1 on, without sign and without leading zeros.
enum VersionNumber {
    /// The number; nil where the text is anything else.
    static func parse(_ text: some StringProtocol) -> UInt64? {
        let digits = text.utf8
        guard digits.first != UInt8(ascii: "0"), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(text)
    }
}
