internal import WardIdentity

/// The pages of signing in.
enum SignInPages {
    /// Name, password and code, on one page, so that no answer tells which was wrong.
    static func form(next: String, question: PasskeyQuestion?, fault: String?) -> Page {
        let warning: HTML = fault.map(Page.fault) ?? ""
        let passkey: HTML = question.map { _ in PasskeyFields.shown("Sign in with a passkey") } ?? ""
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
                """,
            status: fault == nil ? 200 : 401, asksForPasskey: question != nil)
    }

    /// The session has ended.
    static let left = Page(title: "You are signed out", content: "<p><a href=\"/auth/sign-in\">Sign in again</a></p>")

    /// Signed in, with nowhere to go on to.
    static let done = Page(title: "You are signed in", content: "<p>You may close this page, or see <a href=\"/auth/account\">your account</a>.</p>")
}
