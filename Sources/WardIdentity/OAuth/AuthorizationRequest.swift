/// A request of an app for a person's consent, checked: everything in it is as the app was registered.
///
/// Source: RFC 6749 §4.1.1, RFC 7636 §4.3, SMART App Launch 2.2.
public struct AuthorizationRequest: Sendable {
    /// The app.
    public let client: ClientSummary
    let clientEpoch: UInt64
    let redirectURI: String
    let state: String
    let challenge: String
    let nonce: String?
    /// What it asks for, within what it was approved for and, once it is known who is asked, within what their role opens.
    public internal(set) var scopes: GrantedScopes
    let launch: LaunchContext?
    /// How the app wants the person to be asked.
    let prompt: AuthorizationPrompt

    /// Whether the person must choose a patient: the app asks for one, and no launch says which.
    public var needsPatient: Bool {
        launch == nil
            && (scopes.others.contains(.launchPatient) || scopes.resources.contains { $0.context == .patient })
    }

    /// The patient of the launch from this house.
    public var launchPatient: String? { launch?.patient }

    /// Where the browser goes in the end; nil for a scheme of the app's own.
    public var redirectOrigin: String? { RedirectURI.origin(redirectURI) }

    /// What to do before anything is asked of who is there. Source: OpenID Connect Core 1.0 §3.1.2.1 and §3.1.2.3.
    /// - Parameter caller: who is signed in; nil: nobody is.
    func next(_ caller: Caller?, now: Int64) -> AuthorizationStep {
        switch (prompt.isSilent, caller?.isProven == true) {
        case (true, false): return .answer(.loginRequired)
        // Consent is asked for each time, so nothing is ever allowed unseen.
        case (true, true): return .answer(.consentRequired)
        case (false, _): break
        }
        guard let caller else { return .signIn }
        if prompt.asksForSignIn { return .signIn }
        if let age = prompt.maximumAge, let since = caller.signedInAt, now - since > age * 1_000_000 { return .signIn }
        return .ask
    }

    /// The request that goes on once the person has signed in anew: without the parameters that asked for that. What the identity
    /// token says in the end (`auth_time`) is the truth in any case.
    public static func afterSignIn(_ query: String) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false)
            .filter { part in
                let name = part.prefix { $0 != "=" }
                return !["prompt", "max_age"].contains(PercentCoding.decode(name) ?? String(name))
            }.joined(separator: "&")
    }

    /// Tells the app that it is not as it wants.
    public func refused(_ code: OAuthError.Code, issuer: String) -> String {
        redirect([("error", code.rawValue)], issuer: issuer)
    }

    /// The address that tells the app the outcome. Source: RFC 6749 §4.1.2, RFC 9207 (`iss`).
    func redirect(_ parameters: [(String, String)], issuer: String) -> String {
        let all = parameters + [("state", state), ("iss", issuer)]
        let query = all.filter { !$0.1.isEmpty }.map { $0.0 + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
        return redirectURI + (redirectURI.contains("?") ? "&" : "?") + query
    }
}

/// Why an app's request for consent cannot be shown to anybody.
public enum AuthorizationRefusal: Error, Sendable {
    /// The app is not known, or the address to send the browser to is not one of its own: tell the person, go nowhere.
    case page(OAuthError)
    /// Send the browser back to the app with the error.
    case redirect(String)
}
