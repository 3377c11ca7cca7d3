public import WardDatabase

/// What an authenticator app does: the codes of a secret, from its `otpauth://totp/…` URI.
public struct OneTimeCode: Sendable, CustomStringConvertible, CustomReflectable {
    private let totp: TOTP

    /// Fails unless the URI holds a secret in base 32.
    public init?(uri: String) {
        guard uri.hasPrefix("otpauth://totp/"), let query = uri.split(separator: "?", maxSplits: 1).last else { return nil }
        let secret = query.split(separator: "&").first { $0.hasPrefix("secret=") }?.dropFirst("secret=".count)
        guard let secret, let bytes = Base32.decode(String(secret)), !bytes.isEmpty else { return nil }
        totp = TOTP(secret: bytes)
    }

    /// The code of this moment.
    public func current(_ clock: any WallClock = SystemWallClock()) -> String { totp.code(at: TOTP.step(at: clock.now())) }

    /// Without the secret.
    public var description: String { "OneTimeCode" }
    /// Empty: a dump must not show the secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
