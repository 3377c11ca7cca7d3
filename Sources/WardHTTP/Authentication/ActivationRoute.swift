internal import HTTPTypes
internal import HummingbirdCore
internal import WardIdentity

/// `/auth/activate`: the page behind the link of an invitation or of a reset, where a person chooses a password and sets up the
/// second factor, or shows the one that stays.
struct ActivationRoute: Sendable {
    let accounts: AccountServices
    let bodies: BodyCollector

    /// The page of the link.
    func page(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let query = try RequestTarget(request.head.path ?? "", maximumParameters: 8).query
        let token = query.first { $0.name == "invitation" }?.value ?? ""
        return try await form(token, nil, context, fault: nil)
    }

    /// The form that the page sends.
    func submit(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let body = try await FormBody.read(request, context, bodies)
        let (token, view) = (body["invitation"], body["view"])
        guard body["password"] == body["repeat"] else {
            return try await form(token, view, context, fault: "The two passwords are not the same.")
        }
        do {
            let codes = try await accounts.activation.activate(
                token: token, view: view, password: body["password"], code: body["code"].filter { $0 != " " },
                source: context.source)
            return ActivationPages.done(recoveryCodes: codes).response()
        } catch {
            switch error.code {
            case .passwordRefused(let fault):
                return try await form(token, view, context, fault: Self.sentence(fault.rawValue))
            case .proofRefused:
                return try await form(
                    token, view, context, fault: "The code is not right. Type the six digits that the app shows now.")
            case .invitationRefused, .passkeyOwed, .notFound, .throttled, .busy, .unavailable:
                return try Self.refusal(error).response()
            }
        }
    }

    private func form(_ token: String, _ view: String?, _ context: EdgeContext, fault: String?) async throws -> Response {
        do {
            let offer = try await accounts.activation.offer(token: token, view: view, source: context.source)
            return ActivationPages.form(
                offer, token: token, modules: offer.totpURI.flatMap(accounts.qrCode), fault: fault
            ).response()
        } catch {
            return try Self.refusal(error).response()
        }
    }

    private static func refusal(_ error: OwnAccountError) throws(EdgeError) -> Page {
        switch error.code {
        case .invitationRefused, .passkeyOwed, .notFound, .proofRefused, .passwordRefused: ActivationPages.refused
        case .throttled: throw EdgeError(error)
        case .busy: throw .busy
        case .unavailable: throw .unavailable
        }
    }

    /// With a capital and a full stop.
    static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }
}
