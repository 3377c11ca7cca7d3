internal import WardAudit

extension Endpoint {
    /// The route table. A route that is not here does not exist.
    public static let all: [Endpoint] = house + account + oauth + [
        Endpoint(
            name: .audit, path: AuditRoute.path, methods: reading, credential: .bearer, permission: .readAudit,
            events: [
                EventPromise(.logRead, "a question was asked, answered or not"),
                EventPromise(.refusal, "the caller may not read the log, or there is no such question"),
            ]),
        Endpoint(
            name: .capability, path: "/fhir/metadata", methods: reading, credential: .none, permission: .none, events: []),
        Endpoint(
            name: .fhir, path: FHIRRoute.path, methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], credential: .bearer,
            permission: .interaction, events: []),
    ]

    private static let reading = ["GET", "HEAD"]

    /// What tells of the house, and what pages look like.
    private static let house: [Endpoint] = [
        Endpoint(name: .live, path: "/health/live", methods: reading, credential: .none, permission: .none, events: []),
        Endpoint(name: .ready, path: "/health/ready", methods: reading, credential: .none, permission: .none, events: []),
        Endpoint(
            name: .metrics, path: "/metrics", methods: reading, credential: .bearerUnlessOpened, permission: .observe,
            events: [EventPromise(.refusal, "the role may not see it")]),
        Endpoint(
            name: .style, path: "/auth/style.css", methods: reading, credential: .none, permission: .none, events: []),
        Endpoint(
            name: .passkeyScript, path: PasskeyScript.path, methods: reading, credential: .none, permission: .none,
            events: []),
    ]

    /// What people do with their own account.
    private static let account: [Endpoint] = [
        Endpoint(
            name: .signIn, path: "/auth/sign-in", methods: reading + ["POST"], credential: .none, permission: .none,
            events: [
                EventPromise(.signIn, "name, password and code or passkey were right, or a passkey alone"),
                EventPromise(.signInFailed, "they were not, for whatever cause"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
                EventPromise(.factorChange, "a recovery code was used up, or a passkey's count of uses went back"),
                EventPromise(
                    .accountSign, "it was from a new place or browser, from two places at once or by turns, or the password alone was right"),
                EventPromise(.timeOut, "the person had as many sessions as one may have, and the oldest ended"),
                EventPromise(.signOut, "the browser had a session, which ended"),
            ]),
        Endpoint(
            name: .external, path: ExternalRoute.path, methods: reading, credential: .none, permission: .none,
            events: [EventPromise(.signInFailed, "an address tries too often")]),
        Endpoint(
            name: .externalReturn, path: ExternalRoute.returnPath, methods: reading, credential: .none, permission: .none,
            events: [
                EventPromise(.signIn, "the organisation's provider vouched for the person"),
                EventPromise(.signInFailed, "its answer does not hold, or nobody here is meant by it"),
                EventPromise(.userChange, "the provider made the account"),
                EventPromise(.roleChange, "the provider gave the person another role"),
                EventPromise(.accountSign, "it was from a new place or browser, or from two places at once or by turns"),
                EventPromise(.timeOut, "the person had as many sessions as one may have, and the oldest ended"),
            ]),
        Endpoint(
            name: .signOut, path: "/auth/sign-out", methods: ["POST"], credential: .bearer, permission: .signedIn,
            events: [EventPromise(.signOut, "the session ended")]),
        Endpoint(
            name: .leave, path: "/auth/leave", methods: ["POST"], credential: .none, permission: .none,
            events: [EventPromise(.signOut, "the browser's session ended")]),
        Endpoint(
            name: .activate, path: "/auth/activate", methods: reading + ["POST"], credential: .none, permission: .none,
            events: [
                EventPromise(.userChange, "the person opened the account, or set another password by the link of a reset"),
                EventPromise(.factorChange, "the second factor that stays was refused, or it was a recovery code, which is used up"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
                EventPromise(.signInFailed, "the link opens no account"),
            ]),
        Endpoint(
            name: .password, path: "/auth/password", methods: ["POST"], credential: .bearer, permission: .signedIn,
            events: [
                EventPromise(.factorChange, "the password was changed, or the proof of who it is was refused"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
                EventPromise(.signIn, "the session that takes the place of all others began"),
            ]),
        Endpoint(
            name: .recoveryCodes, path: "/auth/recovery-codes", methods: ["POST"], credential: .bearer,
            permission: .signedIn,
            events: [
                EventPromise(.factorChange, "codes were made, or the proof of who it is was refused"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
            ]),
        Endpoint(
            name: .stepUp, path: "/auth/step-up", methods: ["POST"], credential: .bearer, permission: .signedIn,
            events: [
                EventPromise(.signIn, "a factor was shown anew, and the session goes on under another token"),
                EventPromise(.factorChange, "the factor was refused, or it was a recovery code, which is used up"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
            ]),
        Endpoint(
            name: .notices, path: "/auth/notices", methods: reading, credential: .bearer, permission: .signedIn,
            events: []),
        Endpoint(
            name: .account, path: "/auth/account", methods: reading, credential: .none, permission: .none,
            events: [EventPromise(.userChange, "sessions and applications were listed")]),
        Endpoint(
            name: .changeAccount, path: AccountPages.changePath, methods: ["POST"], credential: .none, permission: .none,
            events: [
                EventPromise(
                    .factorChange, "password, app, recovery codes or a passkey changed, or what was shown as proof was refused"),
                EventPromise(.signIn, "a factor was shown anew or the password changed, and the session goes on under another token"),
                EventPromise(.signOut, "a session of the person or an application's access ended"),
                EventPromise(.lockout, "failures reached the number from which on the account is held back"),
                EventPromise(.userChange, "all of it ended at once, or the page came again to say what is wrong"),
            ]),
        Endpoint(
            name: .sessions, path: "/auth/sessions", methods: reading, credential: .bearer, permission: .signedIn,
            events: [EventPromise(.userChange, "the sessions were listed")]),
        Endpoint(
            name: .endSession, path: "/auth/sessions/end", methods: ["POST"], credential: .bearer,
            permission: .signedIn, events: [EventPromise(.signOut, "the other session ended")]),
        Endpoint(
            name: .grants, path: "/auth/grants", methods: reading, credential: .bearer, permission: .signedIn,
            events: [EventPromise(.userChange, "what applications were allowed was listed")]),
        Endpoint(
            name: .endGrant, path: "/auth/grants/end", methods: ["POST"], credential: .bearer, permission: .signedIn,
            events: [EventPromise(.signOut, "an application's access ended")]),
    ]

    /// What applications do.
    private static let oauth: [Endpoint] = [
        Endpoint(
            name: .authorize, path: "/auth/authorize", methods: reading + ["POST"], credential: .none,
            permission: .none,
            events: [
                EventPromise(.policyChange, "the person allowed the app these scopes"),
                EventPromise(.search, "the person looked for a patient to choose"),
                EventPromise(.read, "the patient who was chosen was opened for the person"),
            ]),
        Endpoint(
            name: .launch, path: "/auth/launch", methods: ["POST"], credential: .bearer, permission: .signedIn,
            events: [
                EventPromise(.operation, "the launch of an app was prepared"),
                EventPromise(.read, "the patient of the launch was opened for the person"),
            ]),
        Endpoint(
            name: .register, path: "/auth/register", methods: ["POST"], credential: .none, permission: .none,
            events: [EventPromise(.policyChange, "an app asked to be let in; an administrator decides")]),
        Endpoint(
            name: .token, path: "/auth/token", methods: ["POST"], credential: .none, permission: .none,
            events: [
                EventPromise(.signIn, "tokens were given"),
                EventPromise(.signInFailed, "they were refused"),
                EventPromise(.signOut, "a code or refresh token came a second time, and its grant ended"),
            ]),
        Endpoint(
            name: .introspect, path: "/auth/introspect", methods: ["POST"], credential: .none, permission: .none,
            events: [EventPromise(.signInFailed, "the one who asked did not prove who they are")]),
        Endpoint(
            name: .revoke, path: "/auth/revoke", methods: ["POST"], credential: .none, permission: .none,
            events: [
                EventPromise(.signOut, "a grant ended, and its tokens with it"),
                EventPromise(.signInFailed, "the one who asked did not prove who they are"),
            ]),
        Endpoint(name: .keys, path: "/auth/jwks", methods: reading, credential: .none, permission: .none, events: []),
        Endpoint(
            name: .oauthMetadata, path: "/.well-known/oauth-authorization-server", methods: reading,
            credential: .none, permission: .none, events: []),
        Endpoint(
            name: .smartConfiguration, path: "/fhir/.well-known/smart-configuration", methods: reading,
            credential: .none, permission: .none, events: []),
    ]
}
