/// Whom a provider means by an account: its issuer and the subject there, which it never gives to another person. Nothing
/// else links an account to a person of a provider, least of all a name or an e-mail address, which others may get.
/// Source: OpenID Connect Core 1.0 §5.7.
struct ExternalIdentity: Codable, Sendable, Hashable {
    /// The provider's identifier.
    var issuer: String
    /// `sub`.
    var subject: String
    /// Whether the provider made the account: then its claims say the role at each sign-in, and it has no other factors.
    var isManaged: Bool

    /// What the account is found by.
    var key: String { "\(issuer)\n\(subject)" }

    /// 1 to 255 ASCII signs. Source: OpenID Connect Core 1.0 §2.
    static func isSubject(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }
    }
}
