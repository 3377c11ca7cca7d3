/// A factor by which a caller has shown who they are. Source: NIST SP 800-63B-4 §3.
public enum Factor: String, Sendable, Hashable, CaseIterable, Codable {
    /// Something known.
    case password
    /// Something held: a time-based one-time code (RFC 6238).
    case oneTimeCode = "totp"
    /// Something held: a recovery code, used once in place of the one-time code.
    case recoveryCode = "recovery"
    /// Something held: a passkey or security key (Web Authentication). It works on this site alone, so that nobody can be
    /// lured into giving it away.
    case passkey
    /// Something known or of the person's body, that the passkey's own device asked for: a PIN, a finger, a face.
    case userVerification = "user-verification"
    /// The word of the organisation's provider on who it is.
    case provider
    /// The word of the organisation's provider that it asked for a second factor (`amr`, `acr`).
    case providerSecondFactor = "provider-mfa"
    /// A private key of a registered client, by a signed assertion.
    case clientKey = "client-key"
    /// The word of the operating system on this machine. It never opens health data.
    case operatingSystem = "os"
}
