internal import Crypto
internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// The session of a browser: its cookie, and the proof that a form was made for it.
///
/// The cookie is `__Host-ward`: of this host alone, sent over TLS alone, out of reach of scripts, and not sent along from
/// other sites. Source: RFC 6265bis §4.1.3, NIST SP 800-63B-4 §5.1.1.
struct BrowserSession: Sendable {
    let caller: Caller
    /// What a form must bring back; made from the session's secret, which it does not tell.
    let formToken: String

    private static let name = "__Host-ward"
    /// Of a browser in which nobody has signed in yet: the questions of its pages are bound to it.
    private static let visitorName = "__Host-ward-visitor"

    /// What this browser alone holds, and the field that sets it where it has none yet.
    static func visitor(_ request: Request) -> (binding: String, field: HTTPField?) {
        if let held = cookie(visitorName, request.headers), held.utf8.count == 64 { return (held, nil) }
        let made = SymmetricKey(size: .bits256).withUnsafeBytes { hex($0) }
        return (made, HTTPField(name: .setCookie, value: "\(visitorName)=\(made); Path=/; Secure; HttpOnly; SameSite=Strict"))
    }

    private static let deviceName = "__Host-ward-device"

    /// By what a browser is known again, and the field that has it keep that for a year. It opens nothing, and tells nobody
    /// but the accounts that sign in by it. It is no `Strict` one, for it must come along on the way back from a provider.
    static func device(_ request: Request) -> (name: String, field: HTTPField) {
        let held = cookie(deviceName, request.headers).flatMap { $0.utf8.count == 64 ? $0 : nil }
        let name = held ?? SymmetricKey(size: .bits256).withUnsafeBytes { hex($0) }
        return (name, HTTPField(
            name: .setCookie, value: "\(deviceName)=\(name); Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"))
    }

    private static let externalName = "__Host-ward-external"

    /// What a browser holds while its person is at the organisation's provider. It must come back from there, so it is no
    /// `Strict` one; it opens nothing by itself.
    static func away(_ request: Request) -> (binding: String, next: String)? {
        guard let held = cookie(externalName, request.headers) else { return nil }
        let parts = held.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0].utf8.count == 64,
            let next = PercentDecoding.decode(Array(parts[1].utf8), plusIsSpace: false)
        else { return nil }
        return (parts[0], next)
    }

    /// The same, made; and the field that sets it for ten minutes.
    static func leaving(for next: String) -> (binding: String, field: HTTPField) {
        let made = SymmetricKey(size: .bits256).withUnsafeBytes { hex($0) }
        // Browsers drop cookies over 4 KiB: who was going so far has to begin there again.
        let encoded = PercentEncoding.encode(next)
        let value = "\(externalName)=\(made).\(encoded.utf8.count <= 3_500 ? encoded : "")"
        return (made, HTTPField(name: .setCookie, value: value + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"))
    }

    /// The field that takes it away.
    static let arrived = HTTPField(
        name: .setCookie, value: "\(externalName)=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")

    /// The session whose cookie came with the request; nil where there is none that lives.
    static func find(_ request: Request, _ context: EdgeContext, _ services: EdgeServices) async throws -> BrowserSession? {
        guard let token = cookie(name, request.headers), SessionChannel.browser.carries(token) else { return nil }
        guard let caller = try await services.browser(token, context.source) else { return nil }
        return BrowserSession(caller: caller, formToken: formToken(of: token))
    }

    /// Whether a form was made for this session.
    func owns(_ form: FormBody) -> Bool {
        let given = Array(form["form_token"].utf8), own = Array(formToken.utf8)
        guard given.count == own.count else { return false }
        return zip(given, own).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The field that sets the cookie; the session's end stands on the server alone.
    static func setting(_ token: String) -> HTTPField {
        HTTPField(name: .setCookie, value: "\(name)=\(token); Path=/; Secure; HttpOnly; SameSite=Strict")
    }

    /// The field that takes the cookie away.
    static let clearing = HTTPField(
        name: .setCookie, value: "\(name)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")

    /// The only cookie of this name.
    private static func cookie(_ name: String, _ fields: HTTPFields) -> String? {
        var found: String?
        for field in fields where field.name == .cookie {
            for pair in field.value.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
                guard parts.count == 2, parts[0] == name else { continue }
                if found != nil { return nil }
                found = parts[1]
            }
        }
        return found
    }

    private static func formToken(of token: String) -> String {
        hex(SHA256.hash(data: Array("ward/form/v1\n\(token)".utf8)))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
