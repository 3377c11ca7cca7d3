internal import HTTPTypes
internal import HummingbirdCore
internal import WardFHIR
internal import WardIdentity
internal import WardRecords

/// `/auth/authorize`: an app asks a person for consent, the person answers.
///
/// Nothing is kept between the page and its form: the form brings the app's request back as it came, and everything is
/// checked anew. Source: RFC 6749 §4.1, SMART App Launch 2.2.
struct AuthorizeRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector
    let base: BaseURL

    /// The page for the app's request; first the sign-in, where nobody is.
    func page(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let target = request.head.path ?? ""
        let query = target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        return try await refusing {
            let asked = try await services.oauth.request(Self.parameters(query))
            let session = try await BrowserSession.find(request, context, services)
            switch services.oauth.next(asked, session?.caller) {
            case .answer(let code): return Self.redirect(asked.refused(code, issuer: services.oauth.issuer))
            case .signIn: return Self.toSignIn(query)
            case .ask: break
            }
            guard let session else { return Self.toSignIn(query) }
            // Who owes a factor has nothing to allow yet.
            if !session.caller.isProven { return Self.toAccount(query) }
            return Self.consent(services.oauth.narrowed(asked, to: session.caller.role), query, session)
        }
    }

    /// The form of the page: look for a patient, allow, or deny. An app's own request may come by POST too; it goes on as
    /// if it had come by GET. Source: SMART App Launch 2.2, `authorize-post`.
    func submit(_ request: Request, _ context: EdgeContext) async throws -> Response {
        let form = try await FormBody.readForeign(request, context, bodies)
        if form.optional("decision") == nil, form.optional("response_type") != nil { return try Self.asQuery(form) }
        guard SameOrigin.holds(for: request) else { throw EdgeError.foreignForm }
        let query = form["request"]
        return try await refusing {
            let fields = try Self.parameters(query)
            let wished = try await services.oauth.request(fields)
            guard let session = try await BrowserSession.find(request, context, services) else { return Self.toSignIn(query) }
            guard session.owns(form) else { throw EdgeError.foreignForm }
            // As on the way to the page, which a form need not have come from.
            switch services.oauth.next(wished, session.caller) {
            case .answer(let code): return Self.redirect(wished.refused(code, issuer: services.oauth.issuer))
            case .signIn: return Self.toSignIn(query)
            case .ask: break
            }
            if !session.caller.isProven { return Self.toAccount(query) }
            let asked = services.oauth.narrowed(wished, to: session.caller.role)
            let choice = PatientChoice(services: services, base: base, requestID: context.trace.id)
            switch form["decision"] {
            case "find":
                let found = try await choice.find(form["find"], session.caller)
                return Self.consent(asked, query, session, found: found, sought: form["find"])
            case "allow":
                let patient = asked.launchPatient ?? session.caller.patientID ?? form.optional("patient")
                if asked.needsPatient || asked.launchPatient != nil {
                    guard let patient, try await choice.isReadable(patient, session.caller) else {
                        return Self.consent(asked, query, session, fault: "Choose a patient whose record you may read.")
                    }
                }
                return Self.redirect(
                    try await services.oauth.allow(asked, patient: patient, handle: fields["launch"], by: session.caller))
            case "deny":
                return Self.redirect(try await services.oauth.deny(asked, by: session.caller))
            default: throw EdgeError.badForm
            }
        }
    }

    private static func consent(
        _ asked: AuthorizationRequest, _ query: String, _ session: BrowserSession,
        found: [PatientChoice.Found]? = nil, sought: String = "", fault: String? = nil
    ) -> Response {
        ConsentPages.page(
            ConsentPages.Question(
                asked: asked, query: query, formToken: session.formToken, person: session.caller.name,
                isOwn: session.caller.patient != nil, found: found,
                sought: sought, fault: fault)
        ).response()
    }

    private static func asQuery(_ form: FormBody) throws -> Response {
        guard form.bytes.count <= 8_000, form.bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw EdgeError.badForm
        }
        return redirect("/auth/authorize?" + String(decoding: form.bytes, as: UTF8.self))
    }

    private func refusing(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch AuthorizationRefusal.redirect(let location) {
            return Self.redirect(location)
        } catch AuthorizationRefusal.page(let error) {
            return ConsentPages.refused(error).response()
        } catch let error as OAuthError {
            return ConsentPages.refused(error).response()
        }
    }

    private static func parameters(_ query: String) throws -> TokenForm {
        TokenForm(try FormBody(Array(query.utf8)).all)
    }

    /// To where people sign in, and from there on with the app's request, as far as the sign-in does not fulfil it.
    private static func toSignIn(_ query: String) -> Response {
        redirect("/auth/sign-in?continue=" + PercentEncoding.encode("/auth/authorize?" + AuthorizationRequest.afterSignIn(query)))
    }

    /// To where a factor is shown, and from there on with the app's request.
    private static func toAccount(_ query: String) -> Response {
        redirect("/auth/account?continue=" + PercentEncoding.encode("/auth/authorize?" + query))
    }

    private static func redirect(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }
}
