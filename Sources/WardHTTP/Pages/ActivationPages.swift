internal import WardIdentity

/// The pages of an invitation.
enum ActivationPages {
    /// Password and second factor, on one page.
    static func form(_ offer: ActivationOffer, token: String, modules: [[Bool]]?, fault: String?) -> Page {
        let warning: HTML = fault.map(Page.fault) ?? ""
        let factor: HTML = offer.totpURI.map { app($0, modules) } ?? kept
        return Page(
            title: offer.isReset ? "Choose another password" : "Open your account",
            content: """
                \(warning)
                <p>Your name here is <strong>\(offer.name)</strong>.</p>
                <form method="post" action="/auth/activate">
                <input type="hidden" name="invitation" value="\(token)">
                <input type="hidden" name="view" value="\(offer.view)">
                <input type="text" name="username" value="\(offer.name)" autocomplete="username" hidden>
                <h2>Password</h2>
                <label for="password">Choose a password</label>
                <input id="password" name="password" type="password" autocomplete="new-password" maxlength="1024"
                required aria-describedby="rule">
                <p class="hint" id="rule">Long is good: a few words of your own, or what a password manager makes. You
                may paste it.</p>
                <label for="repeat">The same again</label>
                <input id="repeat" name="repeat" type="password" autocomplete="new-password" maxlength="1024" required>
                <h2>Second factor</h2>
                \(factor)
                <button type="submit">\(offer.isReset ? "Set the password" : "Open the account")</button>
                </form>
                """,
            status: fault == nil ? 200 : 422)
    }

    /// An authenticator app to set up: as a picture, as a link, and by hand.
    static func app(_ uri: String, _ modules: [[Bool]]?) -> HTML {
        let code: HTML = modules.map { QRCodeImage.svg($0, label: "QR code of the second factor") } ?? ""
        return """
            <p>Scan this with an authenticator app, or open the link on the device that has the app. It belongs to this page as you see
            it now; opened again it shows another one.</p>
            \(code)
            <p><a href="\(uri)">Add to an authenticator app</a></p>
            <p class="hint">By hand: <code>\(uri)</code></p>
            <label for="code">The six digits that the app shows</label>
            <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="8"
            required>
            """
    }

    /// The second factor that stays is shown.
    private static let kept: HTML = """
        <label for="code">The six digits of your authenticator app, or a recovery code</label>
        <input id="code" name="code" type="text" autocomplete="one-time-code" maxlength="64" required>
        """

    /// The account is open: the recovery codes, this once; none where those of before stay.
    static func done(recoveryCodes: [String]) -> Page {
        guard !recoveryCodes.isEmpty else {
            return Page(
                title: "Your password is set",
                content: "<p>Your second factor is the same as before.</p><p><a href=\"/auth/sign-in\">Sign in</a></p>")
        }
        return Page(
            title: "Your account is open",
            content: "\(recoveryList(recoveryCodes))<p><a href=\"/auth/sign-in\">Sign in</a></p>")
    }

    /// Recovery codes, this once.
    static func recoveryList(_ recoveryCodes: [String]) -> HTML {
        let codes = recoveryCodes.map { "<li>\($0)</li>" as HTML }
        return """
            <p>Keep these recovery codes where nobody else finds them. Each stands in once for the six digits when
            you do not have your app. They are not shown again.</p>
            <ul class="codes">\(codes)</ul>
            """
    }

    /// The link opens nothing; whether it ever did is not told.
    static let refused = Page(
        title: "This link does not work",
        content: "<p>It was used already, is too old, or is not whole. Ask who invited you for another one.</p>",
        status: 404)
}
