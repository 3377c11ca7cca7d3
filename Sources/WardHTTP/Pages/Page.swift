internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// A page for people: no inline script or style, one stylesheet, and a script only where a passkey is asked for; read by
/// keyboard and screen reader alike.
///
/// Source: WCAG 2.2 (headings, labels, error text beside its cause); OWASP Secure Headers Project (the policy).
struct Page: Sendable {
    var title: String
    var content: HTML
    var status: Int = 200
    /// Origins besides our own that a form of the page may lead to by redirect.
    var formTargets: [String] = []
    /// Whether it asks for a passkey.
    var asksForPasskey = false
    /// Where the page leads on by itself, at once: an address of ours.
    var goesOnTo: String?

    /// The page as an answer.
    func response() -> Response {
        let script: HTML = asksForPasskey ? "<script src=\"\(PasskeyScript.path)\" defer></script>" : ""
        let refresh: HTML = goesOnTo.map { "<meta http-equiv=\"refresh\" content=\"0; url=\($0)\">" } ?? ""
        let document: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title) · Ward</title><link rel="stylesheet" href="/auth/style.css">\(script)\(refresh)</head>
            <body><main><h1>\(title)</h1>
            \(content)
            </main></body></html>

            """
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        let scripts = asksForPasskey ? " script-src 'self'; require-trusted-types-for 'script';" : ""
        let policy =
            "default-src 'none'; style-src 'self';\(scripts) form-action \(targets); base-uri 'none'; "
            + "frame-ancestors 'none'"
        var fields = HTTPFields()
        fields.append(HTTPField(name: .contentType, value: MediaTypes.html))
        fields.append(HTTPField(name: .contentSecurityPolicy, value: policy))
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(string: document.text)))
    }

    /// What went wrong, told where a screen reader tells it first.
    static func fault(_ words: String) -> HTML { "<p class=\"fault\" role=\"alert\">\(words)</p>" }
}
