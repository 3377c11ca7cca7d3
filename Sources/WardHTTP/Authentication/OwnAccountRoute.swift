internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR
internal import WardIdentity
internal import WardPHI

/// What people change of their own account, as JSON: password, recovery codes, sessions.
struct OwnAccountRoute: Sendable {
    let accounts: AccountServices
    let bodies: BodyCollector

    private static let maximumBodyBytes = 4_096

    /// `POST /auth/password` with `current` and `new`: a new session; all others end.
    func changePassword(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        let form = try await members(["current", "new"], request, context)
        let session: IssuedSession
        do {
            session = try await accounts.own.changePassword(context.caller, current: form[0], new: form[1])
        } catch {
            guard case .passwordRefused(let fault) = error.code else { throw EdgeError(error) }
            return Self.refusal(of: fault, context)
        }
        return Self.answer(session)
    }

    /// `POST /auth/step-up` with a fresh `code`: the session goes on under another token, and is fresh.
    func stepUp(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        let form = try await members(["code"], request, context)
        return Self.answer(
            try await refusing { try await accounts.own.stepUp(context.caller, code: form[0], channel: .bearer) })
    }

    private static func answer(_ session: IssuedSession) -> Response {
        json { writer in
            writer.name("token")
            writer.string(session.token)
            writer.name("idle_seconds")
            writer.number(session.idleSeconds)
            writer.name("expires_at")
            writer.string(Timestamp.text(session.expiresAt))
        }
    }

    /// `POST /auth/recovery-codes` with a fresh `code`: new ones, shown once.
    func makeRecoveryCodes(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        let form = try await members(["code"], request, context)
        let codes = try await refusing {
            try await accounts.own.makeRecoveryCodes(context.caller, code: form[0])
        }
        return Self.json { writer in
            writer.name("recovery_codes")
            writer.beginArray()
            for code in codes { writer.string(code) }
            writer.endArray()
        }
    }

    /// `GET /auth/sessions`.
    func sessions(_ context: AuthenticatedContext) async throws -> Response {
        let found = try await refusing { try await accounts.own.sessions(context.caller) }
        return Self.json { writer in
            writer.name("sessions")
            writer.beginArray()
            for session in found { Self.write(session, &writer) }
            writer.endArray()
        }
    }

    /// `GET /auth/notices`: what the person should know of their account.
    func notices(_ context: AuthenticatedContext) async throws -> Response {
        let found = try await refusing { try await accounts.own.notices(context.caller) }
        return Self.list("notices", found.map { notice in
            [("kind", notice.kind.rawValue), ("at", Timestamp.text(notice.at)), ("source", notice.source)]
        })
    }

    /// `POST /auth/sessions/end` with the id of a `session`.
    func endSession(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        let form = try await members(["session"], request, context)
        try await refusing { try await accounts.own.endSession(form[0], context.caller) }
        return Response(status: .noContent)
    }

    /// `GET /auth/grants`: what the person let applications do.
    func grants(_ context: AuthenticatedContext) async throws -> Response {
        let found = try await refusing { try await accounts.own.grants(context.caller) }
        return Self.list("grants", found.map { grant in
            [
                ("id", grant.name), ("client_id", grant.clientID), ("client_name", grant.clientName), ("scope", grant.scopes.text),
                ("patient", grant.patient), ("source", grant.source), ("created_at", Timestamp.text(grant.createdAt)),
                ("expires_at", Timestamp.text(grant.expiresAt)),
            ]
        })
    }

    /// `POST /auth/grants/end` with the id of a `grant`.
    func endGrant(_ request: Request, _ context: AuthenticatedContext) async throws -> Response {
        let form = try await members(["grant"], request, context)
        try await refusing { try await accounts.own.endGrant(form[0], context.caller) }
        return Response(status: .noContent)
    }

    /// 422 with what the password lacks: the one refusal whose words depend on what was sent, by a fixed list.
    private static func refusal(of fault: PasswordPolicy.Fault, _ context: AuthenticatedContext) -> Response {
        var response = json { writer in
            writer.name("error")
            writer.string(ActivationRoute.sentence(fault.rawValue))
            writer.name("request_id")
            writer.string(context.trace.id)
        }
        response.status = .unprocessableContent
        return response
    }

    private static func write(_ session: SessionSummary, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("id")
        writer.string(session.name)
        writer.name("source")
        writer.string(session.source)
        writer.name("factors")
        writer.beginArray()
        for factor in session.factors { writer.string(factor.rawValue) }
        writer.endArray()
        for (name, time) in [
            ("created_at", session.createdAt), ("last_used_at", session.lastUsedAt), ("expires_at", session.expiresAt),
        ] {
            writer.name(name)
            writer.string(Timestamp.text(time))
        }
        writer.name("is_current")
        writer.bool(session.isCurrent)
        writer.endObject()
    }

    /// Exactly these members of a JSON object, each a string of some length, in this order.
    private func members(
        _ names: [String], _ request: Request, _ context: AuthenticatedContext
    ) async throws -> [String] {
        guard MediaTypes.matches(request.headers[.contentType], "application/json") else {
            throw EdgeError(415, .notSupported, "The body must be application/json.")
        }
        let body = try await bodies.collect(
            request, on: context.channel, trace: context.trace, limit: Self.maximumBodyBytes)
        guard let document = try? JSONDocument(parsing: body.bytes), document.root.kind == .object,
            document.root.count == names.count
        else { throw EdgeError.badBody }
        return try names.map { name in
            guard let value = document.root[name]?.string, !value.isEmpty, value.utf8.count <= 1_024 else {
                throw EdgeError.badBody
            }
            return value
        }
    }

    private func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as OwnAccountError {
            throw EdgeError(error)
        }
    }

    /// A list of objects whose members are strings; those without a value are left out.
    private static func list(_ name: String, _ rows: [[(name: String, value: String?)]]) -> Response {
        json { writer in
            writer.name(name)
            writer.beginArray()
            for row in rows {
                writer.beginObject()
                for (name, value) in row {
                    guard let value else { continue }
                    writer.name(name)
                    writer.string(value)
                }
                writer.endObject()
            }
            writer.endArray()
        }
    }

    private static func json(_ members: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return Response(
            status: .ok, headers: [.contentType: MediaTypes.json],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }
}

extension EdgeError {
    /// The answer to a change of somebody's own account that was refused.
    init(_ error: OwnAccountError) {
        switch error.code {
        case .proofRefused, .invitationRefused:
            self.init(403, .forbidden, "The password or code is not right.")
        case .passkeyOwed: self.init(403, .forbidden, "A passkey is demanded of this account, and must be shown first.")
        case .passwordRefused: self.init(422, .businessRule, "The new password is not good enough.")
        case .notFound: self = .notFound
        case .throttled(let seconds):
            self.init(429, .throttled, "This was tried too often; try again later.", retryAfter: seconds)
        case .busy: self = .busy
        case .unavailable: self = .unavailable
        }
    }
}
