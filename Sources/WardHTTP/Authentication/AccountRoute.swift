internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// `/auth/account` for browsers, and `/auth/account/change` for its forms: password, second factors, sessions, applications, and
/// showing a factor anew.
struct AccountRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector

    /// The page; first the sign-in, where nobody is.
    func page(_ request: Request, _ context: EdgeContext) async throws -> Response {
        guard let session = try await BrowserSession.find(request, context, services) else { return Self.signIn }
        let query = try RequestTarget(request.head.path ?? "", maximumParameters: 8).query
        let next = query.first { $0.name == "continue" }?.value ?? ""
        return try await page(session, next: BrowserSignInRoute.isOurs(next) ? next : "", fault: nil)
    }

    /// A form of the page.
    func submit(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let form = try await FormBody.read(request, context, bodies)
        guard let session = try await BrowserSession.find(request, context, services) else { return Self.signIn }
        guard session.owns(form) else { throw EdgeError.foreignForm }
        let next = BrowserSignInRoute.isOurs(form["continue"]) ? form["continue"] : ""
        do {
            switch form["action"] {
            case "add":
                guard
                    let made = MadePasskey(
                        clientData: form["client_data"], attestation: form["attestation"], label: form["label"])
                else { throw EdgeError.badForm }
                _ = try await accounts.passkeys.register(made, by: session.caller)
            case "remove": try await accounts.passkeys.remove(form["id"], by: session.caller)
            case "end": try await accounts.own.endSession(form["id"], session.caller)
            case "end-grant": try await accounts.own.endGrant(form["id"], session.caller)
            case "end-all":
                try await accounts.own.endEverything(session.caller)
                var response = SignInPages.left.response()
                response.headers.append(BrowserSession.clearing)
                return response
            case "password": return Self.again(try await changePassword(form, session.caller))
            case "app-show": return try await app(session, view: nil, fault: nil)
            case "app": return try await setApp(form, session)
            case "codes":
                return AccountForms.codes(try await accounts.own.makeRecoveryCodes(session.caller)).response()
            case "confirm": return Self.again(try await confirm(form, session.caller), next)
            default: throw EdgeError.badForm
            }
            return Self.again(nil)
        } catch let error as PasskeyError {
            if error.code == .unavailable { throw EdgeError.unavailable }
            return try await page(session, next: next, fault: ActivationRoute.sentence(error.description))
        } catch let error as OwnAccountError {
            switch error.code {
            case .proofRefused, .passkeyOwed, .notFound, .passwordRefused:
                return try await page(session, next: next, fault: ActivationRoute.sentence(error.description))
            case .throttled(let seconds):
                var response = try await page(session, next: next, fault: ActivationRoute.sentence(error.description))
                response.status = .tooManyRequests
                response.headers[.retryAfter] = String(seconds)
                return response
            case .invitationRefused, .busy, .unavailable: throw EdgeError(error)
            }
        } catch let fault as Unlike {
            return try await page(session, next: next, fault: fault.words)
        }
    }

    /// What was typed twice is not the same.
    private struct Unlike: Error {
        let words = "The two passwords are not the same."
    }

    private func changePassword(_ form: FormBody, _ caller: Caller) async throws -> IssuedSession {
        // The page shows the form to nobody else.
        guard caller.isFresh else { throw EdgeError.forbidden }
        guard form["new"] == form["repeat"] else { throw Unlike() }
        return try await accounts.own.changePassword(
            caller, current: form["current"], new: form["new"], channel: .browser)
    }

    private func app(_ session: BrowserSession, view: String?, fault: String?) async throws -> Response {
        let offer = try await accounts.own.offerApp(session.caller, view: view)
        return AccountForms.app(offer, accounts.qrCode(offer.totpURI), formToken: session.formToken, fault: fault).response()
    }

    private func setApp(_ form: FormBody, _ session: BrowserSession) async throws -> Response {
        do throws(OwnAccountError) {
            try await accounts.own.setApp(session.caller, view: form["view"], code: form["code"].filter { $0 != " " })
        } catch {
            guard error.code == .proofRefused, session.caller.isFresh else { throw error }
            return try await app(
                session, view: form["view"], fault: "The code is not right. Type the six digits that the app shows now.")
        }
        return Self.again(nil)
    }

    private var accounts: AccountServices { services.accounts }

    private func confirm(_ form: FormBody, _ caller: Caller) async throws -> IssuedSession {
        if let passkey = PasskeyProof(form) {
            guard accounts.passkeys.areHere else { throw PasskeyError.noName }
            return try await accounts.own.stepUp(caller, passkey: passkey, channel: .browser)
        }
        return try await accounts.own.stepUp(caller, code: form["code"].filter { $0 != " " }, channel: .browser)
    }

    private func page(_ session: BrowserSession, next: String, fault: String?) async throws -> Response {
        let caller = session.caller
        do {
            let passkeys = try await accounts.passkeys.list(caller)
            let mayAdd = caller.isFresh && (!caller.owesPasskey || passkeys.isEmpty)
            return AccountPages.page(
                AccountPages.Content(
                    caller: caller, formToken: session.formToken, passkeys: passkeys,
                    sessions: try await accounts.own.sessions(caller),
                    grants: try await accounts.own.grants(caller),
                    notices: try await accounts.own.notices(caller),
                    offer: mayAdd ? try await accounts.passkeys.offer(caller) : nil,
                    hasPasskeys: accounts.passkeys.areHere, question: accounts.passkeys.stepUpQuestion(caller),
                    provider: accounts.external.label, next: next,
                    fault: fault)
            ).response()
        } catch let error as OwnAccountError {
            throw EdgeError(error)
        } catch let error as PasskeyError {
            throw error.code == .unavailable ? EdgeError.unavailable : .forbidden
        }
    }

    /// To the page again, with another cookie where the session got another token.
    private static func again(_ session: IssuedSession?, _ next: String = "") -> Response {
        var response = Response(status: .seeOther, headers: [.location: next.isEmpty ? "/auth/account" : next])
        if let session { response.headers.append(BrowserSession.setting(session.token)) }
        return response
    }

    private static let signIn = Response(
        status: .seeOther, headers: [.location: "/auth/sign-in?continue=%2Fauth%2Faccount"])
}
