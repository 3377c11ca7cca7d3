/// How an app wants a person to be asked: `prompt` and `max_age`. Source: OpenID Connect Core 1.0 §3.1.2.1.
struct AuthorizationPrompt: Sendable, Hashable {
    /// `none`: no page may be shown.
    var isSilent = false
    /// `login` and `select_account`, or a `max_age` of 0: the person signs in anew.
    var asksForSignIn = false
    /// The most seconds that the sign-in may be ago.
    var maximumAge: Int64?

    /// As where nothing is said.
    init() {}

    /// What a request says; nil where it is not well formed.
    init?(_ form: TokenForm) {
        let words = (form["prompt"] ?? "").split(separator: " ").map(String.init)
        guard words.allSatisfy({ ["none", "login", "consent", "select_account"].contains($0) }) else { return nil }
        isSilent = words.contains("none")
        guard !isSilent || words.count == 1 else { return nil }
        asksForSignIn = words.contains("login") || words.contains("select_account")
        if let text = form["max_age"] {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int64(text),
                (0...1_000_000_000).contains(seconds)
            else { return nil }
            maximumAge = seconds
            if seconds == 0 { asksForSignIn = true }
        }
    }
}

/// What comes next of an app's request.
public enum AuthorizationStep: Sendable, Hashable {
    /// The person is asked for consent.
    case ask
    /// The person signs in, or signs in anew.
    case signIn
    /// The app is told that it cannot be as it wants.
    case answer(OAuthError.Code)
}
