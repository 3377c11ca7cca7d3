internal import HTTPTypes
internal import HummingbirdCore

/// The fields of a posted form, each once.
struct FormBody: Sendable {
    private let fields: [String: String]
    /// As it came.
    let bytes: [UInt8]

    /// All fields by name.
    var all: [String: String] { fields }

    /// The most that a form of ours holds.
    static let maximumBytes = 16_384

    /// Reads the form of a request that one of our own pages sent.
    /// - Throws: ``EdgeError``: 415, 400, or 403 where another site sent it.
    static func read(
        _ request: Request, _ context: EdgeContext, _ bodies: BodyCollector
    ) async throws -> FormBody {
        guard SameOrigin.holds(for: request) else { throw EdgeError.foreignForm }
        return try await readForeign(request, context, bodies)
    }

    /// Reads the form of a request that any site may have sent.
    /// - Throws: ``EdgeError``: 415 or 400.
    static func readForeign(
        _ request: Request, _ context: EdgeContext, _ bodies: BodyCollector
    ) async throws -> FormBody {
        guard MediaTypes.matches(request.headers[.contentType], MediaTypes.form) else { throw EdgeError.formExpected }
        let body = try await bodies.collect(
            request, on: context.channel, trace: context.trace, limit: maximumBytes)
        return try FormBody(body.bytes)
    }

    /// Takes a form apart.
    init(_ bytes: [UInt8]) throws(EdgeError) {
        var fields: [String: String] = [:]
        for (name, value) in try FormDecoding.parameters(bytes, limit: 64, error: .badForm) {
            guard fields.updateValue(value, forKey: name) == nil else { throw .badForm }
        }
        self.fields = fields
        self.bytes = bytes
    }

    /// A field's text; empty where it is missing.
    subscript(name: String) -> String { fields[name] ?? "" }

    /// A field's text; nil where it is missing.
    func optional(_ name: String) -> String? { fields[name] }
}

/// Whether a request was sent by a page of ours, as browsers tell it. Source: Fetch Metadata Request Headers (W3C);
/// OWASP Cross-Site Request Forgery Prevention (origin check).
enum SameOrigin {
    /// True where the browser says so, or says nothing: what is no browser carries no ambient credential.
    static func holds(for request: Request) -> Bool {
        if let site = request.headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        return origin == "https://" + (request.head.authority ?? "")
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!  // A valid token, by RFC 9110 §5.6.2.
}
