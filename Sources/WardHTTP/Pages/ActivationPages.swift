internal import WardIdentity

/// The pages of an invitation.
enum ActivationPages {
    /// Password and second factor, on one page.
    static func form(_ offer: ActivationOffer, token: String, modules: [[Bool]]?, fault: String?) -> Page {
        let code: HTML = modules.map { QRCodeImage.svg($0, label: "QR code of the second factor") } ?? ""
        let warning: HTML = fault.map(Page.fault) ?? ""
        return Page(
            title: "Open your account",
            content: """
                \(warning)
                <p>Your name here is <strong>\(offer.name)</strong>.</p>
                <form method="post" action="/auth/activate">
                <input type="hidden" name="invitation" value="\(token)">
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
                <p>Scan this with an authenticator app, or open the link on the device that has the app.</p>
                \(code)
                <p><a href="\(offer.totpURI)">Add to an authenticator app</a></p>
                <p class="hint">By hand: <code>\(offer.totpURI)</code></p>
                <label for="code">The six digits that the app shows</label>
                <input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="8"
                required>
                <button type="submit">Open the account</button>
                </form>
                """,
            status: fault == nil ? 200 : 422)
    }

    /// The account is open: the recovery codes, this once.
    static func done(recoveryCodes: [String]) -> Page {
        let codes = recoveryCodes.map { "<li>\($0)</li>" as HTML }
        return Page(
            title: "Your account is open",
            content: """
                <p>Keep these recovery codes where nobody else finds them. Each stands in once for the six digits when
                you do not have your app. They are not shown again.</p>
                <ul class="codes">\(codes)</ul>
                """)
    }

    /// The link opens nothing; whether it ever did is not told.
    static let refused = Page(
        title: "This link does not work",
        content: "<p>It was used already, is too old, or is not whole. Ask who invited you for another one.</p>",
        status: 404)
}
