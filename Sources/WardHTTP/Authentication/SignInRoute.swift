internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR
internal import WardIdentity
internal import WardPHI

/// `POST /auth/sign-in`: a name, a password and a code for a session token.
struct SignInRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector

    /// A sign-in is small; nobody makes us parse more before we know who it is.
    private static let maximumBodyBytes = 4_096

    func respond(to request: Request, context: EdgeContext) async throws -> Response {
        guard MediaTypes.matches(request.headers[.contentType], "application/json") else {
            throw EdgeError(415, .notSupported, "The body must be application/json.")
        }
        let body = try await bodies.collect(
            request, on: context.channel, trace: context.trace, limit: Self.maximumBodyBytes)
        guard let form = SignInForm(json: body.bytes) else { throw EdgeError.badBody }
        guard let answer = try await signIn(form, context) else { throw EdgeError.signInFailed }
        var writer = JSONWriter(reserving: 160)
        writer.beginObject()
        writer.name("token")
        writer.string(answer.token.revealed)
        writer.name("idle_seconds")
        writer.number(answer.idleSeconds)
        writer.name("expires_at")
        writer.string(Timestamp.text(answer.expiresAt))
        writer.endObject()
        return Response(
            status: .ok, headers: [.contentType: MediaTypes.json],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    private func signIn(_ form: SignInForm, _ context: EdgeContext) async throws -> SignInAnswer? {
        do {
            return try await services.signIn(form, context.source)
        } catch let error as SignInError {
            throw EdgeError(error)
        }
    }
}

extension EdgeError {
    /// The answer to a sign-in that did not succeed.
    init(_ error: SignInError) {
        switch error.code {
        case .refused: self = .signInFailed
        case .throttled(let seconds):
            self.init(429, .throttled, "There were too many attempts; try again later.", retryAfter: seconds)
        case .busy(let seconds): self.init(503, .throttled, "The server is busy; try again.", retryAfter: seconds)
        case .unavailable: self = .unavailable
        }
    }
}

extension SignInForm {
    /// The form in a JSON body: exactly the members `name`, `password` and `code`, each a string of some length.
    init?(json: [UInt8]) {
        guard
            let document = try? JSONDocument(parsing: json), document.root.kind == .object, document.root.count == 3
        else { return nil }
        func text(_ name: StaticString) -> String? {
            guard let value = document.root[name]?.string, !value.isEmpty, value.utf8.count <= 1_024 else { return nil }
            return value
        }
        guard let name = text("name"), let password = text("password"), let code = text("code") else { return nil }
        self.init(name: name, password: Protected(password), code: Protected(code))
    }
}
