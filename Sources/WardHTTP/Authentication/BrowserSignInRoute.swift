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
        return SignInPages.form(next: Self.isOurs(next) ? next : "", fault: nil).response()
    }

    /// The form that the page sends.
    func submit(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let form = try await FormBody.read(request, context, bodies)
        let next = Self.isOurs(form["continue"]) ? form["continue"] : ""
        let given = SignInForm(
            name: form["name"], password: Protected(form["password"]),
            code: Protected(form["code"].trimmingPrefix(" ").description))
        do {
            guard let token = try await services.browserSignIn(given, context.source) else {
                return SignInPages.form(next: next, fault: "The name, the password or the code is not right.").response()
            }
            var response =
                next.isEmpty ? SignInPages.done.response() : Response(status: .seeOther, headers: [.location: next])
            response.headers.append(BrowserSession.setting(token.revealed))
            return response
        } catch let error as SignInError {
            switch error.code {
            case .throttled, .busy:
                var response = SignInPages.form(next: next, fault: "There were too many attempts. Try again in a moment.")
                    .response()
                response.status = .tooManyRequests
                return response
            case .refused, .unavailable: throw EdgeError(error)
            }
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

    /// Only the page that asks for a consent sends people here; nothing leads anywhere else.
    static func isOurs(_ target: String) -> Bool {
        target.hasPrefix("/auth/authorize?") && target.utf8.count <= 8_000
            && target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
