internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity
internal import WardPHI

/// `/auth/sign-in` for browsers: a page with a form, and a session in a cookie.
struct BrowserSignInRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector

    /// The page.
    func page(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let query = try RequestTarget(request.head.path ?? "", maximumParameters: 8).query
        let next = query.first { $0.name == "continue" }?.value ?? ""
        return form(request, next: Self.isOurs(next) ? next : "", fault: nil)
    }

    /// The form that the page sends: name, password and code, or a passkey, alone or with name and password.
    func submit(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let fields = try await FormBody.read(request, context, bodies)
        let next = Self.isOurs(fields["continue"]) ? fields["continue"] : ""
        let device = BrowserSession.device(request)
        if !fields["credential"].isEmpty, !services.accounts.passkeys.areHere {
            return form(request, next: next, fault: ActivationRoute.sentence(PasskeyError.noName.description))
        }
        do {
            guard let token = try await signIn(fields, device.name, request, context) else {
                let fault =
                    fields["credential"].isEmpty
                    ? "The name, the password or the code is not right."
                    : "The passkey is not known here, or name or password is not right."
                return form(request, next: next, fault: fault)
            }
            var response =
                next.isEmpty ? SignInPages.done.response() : Response(status: .seeOther, headers: [.location: next])
            response.headers.append(BrowserSession.setting(token.revealed))
            response.headers.append(device.field)
            // The browser holds one session: the one that it had before is of no use to anybody now.
            if let old = try await BrowserSession.find(request, context, services) {
                do { try await services.signOut(old.caller) } catch { throw EdgeError.unavailable }
            }
            return response
        } catch let error as SignInError {
            switch error.code {
            case .throttled(let seconds), .busy(let seconds):
                var response = form(request, next: next, fault: "There were too many attempts. Try again in a moment.")
                response.status = .tooManyRequests
                response.headers[.retryAfter] = String(seconds)
                return response
            case .refused, .unavailable: throw EdgeError(error)
            }
        }
    }

    private func form(_ request: Request, next: String, fault: String?) -> Response {
        let visitor = BrowserSession.visitor(request)
        let question = services.accounts.passkeys.signInQuestion(boundTo: visitor.binding)
        var response = SignInPages.form(
            next: next, question: question, provider: services.accounts.external.label, fault: fault
        ).response()
        if let field = visitor.field { response.headers.append(field) }
        return response
    }

    private func signIn(
        _ fields: FormBody, _ device: String, _ request: Request, _ context: EdgeContext
    ) async throws -> Protected<String>? {
        guard fields["credential"].isEmpty else { return try await showPasskey(fields, device, request, context) }
        let given = SignInForm(
            name: fields["name"], password: Protected(fields["password"]),
            code: Protected(fields["code"].trimmingPrefix(" ").description), device: device)
        return try await services.browserSignIn(given, context.source)
    }

    private func showPasskey(
        _ fields: FormBody, _ device: String, _ request: Request, _ context: EdgeContext
    ) async throws -> Protected<String>? {
        guard let proof = PasskeyProof(fields) else { throw EdgeError.badForm }
        let binding = BrowserSession.visitor(request).binding
        let signIn = services.accounts.signIn
        do {
            let session =
                fields["password"].isEmpty
                ? try await signIn.signIn(
                    passkey: proof, boundTo: binding, source: context.source, channel: .browser, device: device)
                : try await signIn.signIn(
                    name: fields["name"], password: fields["password"], passkey: proof, boundTo: binding,
                    source: context.source, channel: .browser, device: device)
            return Protected(session.token)
        } catch let error where error.code == .refused {
            return nil
        }
    }

    /// `/auth/leave`: ends the browser's session, for the form of a page that was made for it.
    func leave(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let form = try await FormBody.read(request, context, bodies)
        if let session = try await BrowserSession.find(request, context, services) {
            guard session.owns(form) else { throw EdgeError.foreignForm }
            do { try await services.signOut(session.caller) } catch { throw EdgeError.unavailable }
        }
        var response = SignInPages.left.response()
        response.headers.append(BrowserSession.clearing)
        return response
    }

    /// Only the pages that ask for a consent and of the own account send people here; nothing leads anywhere else.
    static func isOurs(_ target: String) -> Bool {
        if target == "/auth/account" { return true }
        return target.hasPrefix("/auth/authorize?") && target.utf8.count <= 8_000
            && target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
