internal import WardIdentity

/// The pages of signing in.
enum SignInPages {
    /// Name, password and code, on one page, so that no answer tells which was wrong.
    static func form(next: String, question: PasskeyQuestion?, provider: String?, fault: String?) -> Page {
        let warning: HTML = fault.map(Page.fault) ?? ""
        let passkey: HTML = question.map { _ in PasskeyFields.shown("Sign in with a passkey") } ?? ""
        let external: HTML = provider.map { Self.external($0, next: next) } ?? ""
        let hint: HTML = question == nil ? "" : """
            <p class="hint">A passkey that asks for your PIN, finger or face needs nothing else of this form; any other goes
            with name and password.</p>
            """
        return Page(
            title: "Sign in",
            content: """
                \(warning)
                <form method="post" action="/auth/sign-in"\(PasskeyFields.attributes(question))>
                <input type="hidden" name="continue" value="\(next)">
                <label for="name">Name</label>
                <input id="name" name="name" type="text" autocomplete="username" maxlength="512" required autofocus>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024"
                required>
                <label for="code">Code</label>
                <input id="code" name="code" type="text" autocomplete="one-time-code" maxlength="64" required
                aria-describedby="code-hint">
                <p class="hint" id="code-hint">The six digits of your authenticator app, or a recovery code.</p>
                <button type="submit">Sign in</button>
                \(passkey)
                \(hint)
                </form>
                \(external)
                """,
            status: fault == nil ? 200 : 401, asksForPasskey: question != nil)
    }

    /// The way to the provider of the organisation.
    static func external(_ provider: String, next: String, isAnew: Bool = false) -> HTML {
        let target = ExternalRoute.path + "?continue=" + PercentEncoding.encode(next) + (isAnew ? "&anew=true" : "")
        return "<p><a class=\"button\" href=\"\(target)\">Sign in with \(provider)</a></p>"
    }

    /// Back from the provider: on at once, or by the link. A page of ours has to lead on, for a browser sends the cookie of
    /// the session to nobody whom another site sent here.
    static func back(to next: String) -> Page {
        Page(
            title: "You are signed in",
            content: "<p><a href=\"\(next)\">Go on</a></p>", goesOnTo: next)
    }

    /// The provider's answer led to no session.
    static func notBack(_ words: String, status: Int) -> Page {
        Page(
            title: "You are not signed in",
            content: "\(Page.fault(words))<p><a href=\"/auth/sign-in\">Sign in</a></p>", status: status)
    }

    /// The session has ended.
    static let left = Page(title: "You are signed out", content: "<p><a href=\"/auth/sign-in\">Sign in again</a></p>")

    /// Signed in, with nowhere to go on to.
    static let done = Page(title: "You are signed in", content: "<p>You may close this page, or see <a href=\"/auth/account\">your account</a>.</p>")
}
