internal import WardIdentity
internal import WardPHI

/// The page on which people see and change what belongs to their own account.
enum AccountPages {
    /// Where its forms go.
    static let changePath = "/auth/account/change"

    /// What the page shows.
    struct Content: Sendable {
        var caller: Caller
        var formToken: String
        var passkeys: [PasskeySummary]
        var sessions: [SessionSummary]
        /// What applications were allowed.
        var grants: [GrantSummary]
        var notices: [AccountNotice]
        /// For a new passkey; nil where one cannot be made now.
        var offer: PasskeyOffer?
        /// Whether there are passkeys on this server at all.
        var hasPasskeys: Bool
        /// For showing a passkey anew.
        var question: PasskeyQuestion?
        /// The provider of the organisation, where there is one.
        var provider: String?
        /// Where the person was going when a factor was asked for; empty: nowhere.
        var next = ""
        var fault: String?
    }

    static func page(_ content: Content) -> Page {
        let warning: HTML = content.fault.map(Page.fault) ?? ""
        let owed: HTML =
            !content.caller.hasTwoFactors
            ? "<p class=\"fault\">Show your second factor. Until you have, nothing else is open.</p>"
            : content.caller.owesPasskey
            ? """
            <p class="fault">A passkey is demanded of you. Until you have shown one, nothing else is open. Where none can be added here, ask who \
            runs this server.</p>
            """ : ""
        let passkeys = content.passkeys.map { passkey($0, content.formToken) }
        let none: HTML = content.passkeys.isEmpty ? "<p>You have none.</p>" : ""
        let noGrants: HTML = content.grants.isEmpty ? "<p>There are none.</p>" : ""
        return Page(
            title: "Your account",
            content: """
                \(warning)\(owed)
                <p>You are signed in as <strong>\(content.caller.name)</strong>.</p>
                <h2>Passkeys</h2>
                \(none)\(passkeys)
                \(content.caller.isFresh ? add(content) : confirm(content))
                \(AccountForms.changes(content))
                <h2>Where you are signed in</h2>
                \(content.sessions.map { session($0, content.formToken) })
                <h2>Applications that act for you</h2>
                \(noGrants)\(content.grants.map { grant($0, content.formToken) })
                <form method="post" action="\(changePath)">
                \(hidden(content.formToken, "end-all", ""))
                <p>If you are not sure who uses your account: end all of it, here too.</p>
                <button type="submit">Sign out everywhere and stop every application</button>
                </form>
                <h2>What happened to it</h2>
                <ul>\(content.notices.map(notice))</ul>
                <p class="hint">If one of these was not you, tell whoever runs this server at once.</p>
                <form method="post" action="/auth/leave">
                <input type="hidden" name="form_token" value="\(content.formToken)">
                <button type="submit">Sign out</button>
                </form>
                """,
            status: content.fault == nil ? 200 : 422, asksForPasskey: true)
    }

    private static func passkey(_ passkey: PasskeySummary, _ formToken: String) -> HTML {
        let used = passkey.lastUsedAt.map { "last used \(Timestamp.text($0))" } ?? "never used"
        return """
            <form method="post" action="\(changePath)">
            <p>\(passkey.label), added \(Timestamp.text(passkey.createdAt)), \(used)</p>
            \(hidden(formToken, "remove", passkey.name))
            <button type="submit">Remove \(passkey.label)</button>
            </form>
            """
    }

    private static func session(_ session: SessionSummary, _ formToken: String) -> HTML {
        let words = "from \(session.source), last used \(Timestamp.text(session.lastUsedAt))"
        if session.isCurrent { return "<p>Here: \(words)</p>" }
        return """
            <form method="post" action="\(changePath)">
            <p>\(words)</p>
            \(hidden(formToken, "end", session.name))
            <button type="submit">End it</button>
            </form>
            """
    }

    private static func grant(_ grant: GrantSummary, _ formToken: String) -> HTML {
        let wishes = ScopeWords.lines(grant.scopes).map { "<li>\($0)</li>" as HTML }
        return """
            <form method="post" action="\(changePath)">
            <p>\(grant.clientName), since \(Timestamp.text(grant.createdAt)), until \(Timestamp.text(grant.expiresAt)) at the latest. It may:</p>
            <ul>\(wishes)</ul>
            \(hidden(formToken, "end-grant", grant.name))
            <button type="submit">Stop \(grant.clientName)</button>
            </form>
            """
    }

    private static func notice(_ notice: AccountNotice) -> HTML {
        let words =
            switch notice.kind {
            case .newPlace: "somebody signed in from a new place"
            case .newDevice: "somebody signed in by a new browser"
            case .secondFactorRefused: "somebody knew the password and had no right code"
            case .everythingEnded: "every session and every application's access was ended"
            case .passwordChanged: "the password was changed"
            case .passwordReset: "an administrator took the password back"
            case .factorReset: "an administrator made a new second factor"
            case .appReplaced: "another authenticator app was set up"
            case .passkeyAdded: "a passkey was added"
            case .passkeyRemoved: "a passkey was removed"
            case .recoveryCodesMade: "new recovery codes were made"
            case .recoveryCodeUsed: "a recovery code was used"
            }
        return "<li>\(Timestamp.text(notice.at)): \(words), from \(notice.source)</li>"
    }

    private static func add(_ content: Content) -> HTML {
        guard let offer = content.offer else {
            let why = content.hasPasskeys ? "Show a passkey that you have to add another." : ActivationRoute.sentence(PasskeyError.noName.description)
            return "<p class=\"hint\">\(why)</p>"
        }
        return """
            <form method="post" action="\(changePath)"\(PasskeyFields.attributes(offer))>
            \(hidden(content.formToken, "add", ""))
            <label for="label">What to call a new passkey</label>
            <input id="label" name="label" type="text" maxlength="64" autocomplete="off">
            \(PasskeyFields.made("Add a passkey"))
            </form>
            """
    }

    /// Changes ask for a factor that was shown within the last minutes.
    private static func confirm(_ content: Content) -> HTML {
        let passkey: HTML =
            content.question == nil || content.passkeys.isEmpty ? "" : PasskeyFields.shown("Use a passkey")
        let isExternal = content.caller.factors.contains(.provider)
        let anew: HTML = isExternal ? content.provider.map { SignInPages.external($0, next: "", isAnew: true) } ?? "" : ""
        return """
            <form method="post" action="\(changePath)"\(PasskeyFields.attributes(content.question))>
            \(hidden(content.formToken, "confirm", ""))
            <input type="hidden" name="continue" value="\(content.next)">
            <label for="code">To change anything, type a fresh code of your app</label>
            <input id="code" name="code" type="text" autocomplete="one-time-code" maxlength="64">
            <button type="submit">Confirm</button>
            \(passkey)
            </form>
            \(anew)
            """
    }

    static func hidden(_ formToken: String, _ action: String, _ id: String) -> HTML {
        """
        <input type="hidden" name="form_token" value="\(formToken)">\
        <input type="hidden" name="action" value="\(action)"><input type="hidden" name="id" value="\(id)">
        """
    }
}
