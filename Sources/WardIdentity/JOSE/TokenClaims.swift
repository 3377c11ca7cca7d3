internal import WardFHIR

/// The claims of a token whose signature is right. Source: RFC 7519 §4.1.
struct TokenClaims: Sendable {
    private let root: JSONNode

    /// Fails unless the payload is one JSON object.
    init(_ payload: [UInt8]) throws(JOSEError) {
        guard let document = try? JSONDocument(parsing: payload), document.root.kind == .object else {
            throw JOSEError(.claimMissing)
        }
        root = document.root
    }

    /// A claim that is text.
    func text(_ name: String) throws(JOSEError) -> String {
        guard let text = root[name]?.string, !text.isEmpty else { throw JOSEError(.claimMissing) }
        return text
    }

    /// A claim that is text, if it is there.
    func optionalText(_ name: String) -> String? { root[name]?.string }

    /// A time in whole seconds since 1970, rounded down; nil where the claim is not there.
    func seconds(_ name: String) throws(JOSEError) -> Int64? {
        guard let node = root[name] else { return nil }
        guard let lexeme = node.lexeme, let value = Double(lexeme), value >= 0, value < 1e11 else {
            throw JOSEError(.claimMissing)
        }
        return Int64(value)
    }

    /// `aud`: one text, or several.
    var audiences: [String] {
        guard let node = root["aud"] else { return [] }
        if let one = node.string { return [one] }
        return node.elements.compactMap(\.string)
    }

    /// A claim that is a list of texts; empty where it is not there.
    func texts(_ name: String) -> [String] {
        guard let node = root[name] else { return [] }
        if let one = node.string { return [one] }
        return node.elements.compactMap(\.string)
    }

    /// How far clocks may be apart, in seconds.
    static let leeway: Int64 = 30

    /// Checks `exp`, `nbf` and `iat` against the time now, in microseconds since 1970. `exp` must be there, and no more
    /// than `lifetime` seconds away.
    func checkTimes(now: Int64, lifetime: Int64) throws(JOSEError) -> Int64 {
        let now = now / 1_000_000
        guard let expiry = try seconds("exp") else { throw JOSEError(.claimMissing) }
        guard expiry > now - Self.leeway else { throw JOSEError(.expired) }
        guard expiry <= now + lifetime + Self.leeway else { throw JOSEError(.livesTooLong) }
        for name in ["nbf", "iat"] {
            if let time = try seconds(name), time > now + Self.leeway { throw JOSEError(.notYetValid) }
        }
        return expiry
    }
}
