internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// `/auth/external` for browsers: to the provider of the organisation, and back.
struct ExternalRoute: Sendable {
    static let path = "/auth/external"
    /// What is registered at the provider as redirect address.
    static let returnPath = "/auth/external/return"

    let services: EdgeServices

    /// The way there. A cookie that this browser must bring back binds the answer to it.
    func begin(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let query = try RequestTarget(request.head.path ?? "", maximumParameters: 8).query
        let next = query.first { $0.name == "continue" }?.value ?? ""
        let leaving = BrowserSession.leaving(for: BrowserSignInRoute.isOurs(next) ? next : "")
        do throws(ExternalSignInError) {
            let address = try await external.begin(
                boundTo: leaving.binding, isAnew: query.contains { $0.name == "anew" && $0.value == "true" },
                source: context.source)
            var response = Response(status: .seeOther, headers: [.location: address])
            response.headers.append(leaving.field)
            return response
        } catch {
            return try Self.refusal(error)
        }
    }

    /// The way back.
    func complete(_ request: Request, _ context: EdgeContext) async throws -> Response {
        guard let away = BrowserSession.away(request) else { return try Self.refusal(nil) }
        let target = request.head.path ?? ""
        let query = target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        let answer = TokenForm(try FormBody(Array(query.utf8)).all)
        let device = BrowserSession.device(request)
        let found: (session: IssuedSession, isProven: Bool)
        do throws(ExternalSignInError) {
            found = try await external.complete(answer, boundTo: away.binding, source: context.source, device: device.name)
        } catch {
            return try Self.refusal(error)
        }
        let next = BrowserSignInRoute.isOurs(away.next) ? away.next : "/auth/account"
        let shown = found.isProven ? next : "/auth/account?continue=" + PercentEncoding.encode(next)
        var response = SignInPages.back(to: shown).response()
        response.headers.append(BrowserSession.setting(found.session.token))
        response.headers.append(device.field)
        response.headers.append(BrowserSession.arrived)
        return response
    }

    private var external: ExternalSignIn { services.accounts.external }

    /// A page that says why; nil: the browser did not come from here, or too late.
    private static func refusal(_ error: ExternalSignInError?) throws -> Response {
        let words = error?.description ?? "the sign-in at the provider did not begin in this browser, or took too long"
        let status: Int
        var wait: Int?
        switch error?.code {
        case .off: throw EdgeError.notFound
        case .refused, nil: status = 401
        case .noAccount, .noRole, .secondFactorMissing: status = 403
        case .throttled(let seconds): (status, wait) = (429, seconds)
        case .unavailable: (status, wait) = (503, 5)
        }
        var response = SignInPages.notBack(ActivationRoute.sentence(words), status: status).response()
        if let wait { response.headers[.retryAfter] = String(wait) }
        response.headers.append(BrowserSession.arrived)
        return response
    }
}
