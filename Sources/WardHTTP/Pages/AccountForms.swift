internal import WardIdentity

/// The forms by which people change their password, their app and their recovery codes. They are there for who has shown a factor
/// within the last minutes; before that the page asks for one.
enum AccountForms {
    static func changes(_ content: AccountPages.Content) -> HTML {
        guard content.caller.isFresh, content.caller.hasTwoFactors, !content.caller.owesPasskey else {
            return "<p class=\"hint\">Password, authenticator app and recovery codes can be changed here once you have confirmed it is you.</p>"
        }
        return """
            <h2>Password</h2>
            <form method="post" action="\(AccountPages.changePath)">
            \(AccountPages.hidden(content.formToken, "password", ""))
            <input type="text" name="username" value="\(content.caller.name)" autocomplete="username" hidden>
            <label for="current">The password of now</label>
            <input id="current" name="current" type="password" autocomplete="current-password" maxlength="1024" required>
            <label for="new">Choose another</label>
            <input id="new" name="new" type="password" autocomplete="new-password" maxlength="1024" required
            aria-describedby="rule">
            <p class="hint" id="rule">Long is good: a few words of your own, or what a password manager makes. You may paste it. Every
            other session and every application's access ends with it.</p>
            <label for="repeat">The same again</label>
            <input id="repeat" name="repeat" type="password" autocomplete="new-password" maxlength="1024" required>
            <button type="submit">Change the password</button>
            </form>
            <h2>Authenticator app</h2>
            <form method="post" action="\(AccountPages.changePath)">
            \(AccountPages.hidden(content.formToken, "app-show", ""))
            <p>The codes of the app that you use now end when another one is set up.</p>
            <button type="submit">Set up another app</button>
            </form>
            <h2>Recovery codes</h2>
            <form method="post" action="\(AccountPages.changePath)">
            \(AccountPages.hidden(content.formToken, "codes", ""))
            <p>New ones end those that you have.</p>
            <button type="submit">Make new recovery codes</button>
            </form>
            """
    }

    /// Another authenticator app: its secret, and a field for its code.
    static func app(_ offer: AppOffer, _ modules: [[Bool]]?, formToken: String, fault: String?) -> Page {
        let warning: HTML = fault.map(Page.fault) ?? ""
        return Page(
            title: "Set up another app",
            content: """
                \(warning)
                <form method="post" action="\(AccountPages.changePath)">
                \(AccountPages.hidden(formToken, "app", ""))
                <input type="hidden" name="view" value="\(offer.view)">
                \(ActivationPages.app(offer.totpURI, modules))
                <button type="submit">Use this app from now on</button>
                </form>
                \(back)
                """,
            status: fault == nil ? 200 : 422)
    }

    /// New recovery codes, this once.
    static func codes(_ codes: [String]) -> Page {
        Page(title: "Your new recovery codes", content: "\(ActivationPages.recoveryList(codes))\(back)")
    }

    private static let back: HTML = "<p><a href=\"/auth/account\">Your account</a></p>"
}
