internal import WardFHIR

/// A URL inside a Bundle or a conditional reference: path segments and query parameters, percent-decoded.
///
/// Its query may hold PHI; errors name the place of the URL, never its text. Source: https://hl7.org/fhir/R4/http.html#trules, RFC 3986.
struct RelativeURL: Sendable {
    /// `["Patient", "1"]`.
    let path: [String]
    let query: [(name: String, value: String)]

    /// Reads a URL; the server's own base, where the URL begins with it, is taken away.
    /// - Parameter place: the FHIRPath of the URL, for errors.
    init(_ text: String, baseURL: String, place: String) throws(FHIRError) {
        var rest = Substring(text)
        if rest.hasPrefix(baseURL + "/") { rest = rest.dropFirst(baseURL.utf8.count + 1) }
        guard !rest.hasPrefix("http://"), !rest.hasPrefix("https://"), !rest.contains("#") else {
            throw .invalid(path: place, "a URL relative to the base is expected")
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        for segment in (parts.first ?? "").split(separator: "/") {
            guard let decoded = Self.decode(segment, plusIsSpace: false) else {
                throw .invalid(path: place, "the percent-encoding is not right")
            }
            path.append(decoded)
        }
        self.path = path
        self.query = parts.count > 1 ? try Self.query(parts[1], place: place) : []
    }

    /// Reads a query string such as `identifier=a%7Cb&active=true`.
    static func query(_ text: Substring, place: String) throws(FHIRError) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let name = decode(halves[0], plusIsSpace: true),
                let value = decode(halves[1], plusIsSpace: true), !name.isEmpty
            else { throw .invalid(path: place, "the query must be name=value pairs, percent-encoded") }
            result.append((name, value))
            guard result.count <= 64 else { throw .invalid(path: place, "a query may have at most 64 parameters") }
        }
        return result
    }

    /// A name or value as it stands in a query: everything but unreserved characters percent-encoded (RFC 3986 §2.3).
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                 UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                 UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "/"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? digit + 48 : digit + 55) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hex), let low = iterator.next().flatMap(hex) else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Names of parameters in errors.
public enum ParameterName {
    /// The name, where it has only characters that names of parameters have; anything else is not repeated.
    public static func shown(_ name: String) -> String {
        let isPlain = (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                 UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                 UInt8(ascii: ":"): true
            default: false
            }
        }
        return isPlain ? name : "(a name that no parameter can have)"
    }
}
