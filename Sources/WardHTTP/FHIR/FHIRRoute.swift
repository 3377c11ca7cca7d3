internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import WardIdentity
internal import WardPHI
internal import WardRecords

/// Everything below `/fhir`: takes the HTTP off a request, and puts it on the audited answer.
struct FHIRRoute: Sendable {
    let services: EdgeServices
    let bodies: BodyCollector
    let configuration: ServerConfiguration
    let base: BaseURL
    let logger: Logger

    static let path = "/fhir"

    /// The answer: of a type that only an audit entry can make.
    func respond(to request: Request, context: AuthenticatedContext) async throws -> PHIResponse {
        let asked: (request: FHIRRequest, lease: BodyLease?)
        do {
            asked = try await read(request, context)
        } catch let error as EdgeError {
            throw await services.told(error, Self.path, context.caller)
        }
        defer { withExtendedLifetime(asked.lease) {} }
        do {
            return PHIResponse(try await services.fhir(asked.request, context.caller))
        } catch {
            // Fail closed: the answer is not audited, so it does not exist.
            logger.error(
                "an answer could not be audited", error: error, metadata: ["request_id": "\(context.trace.id)"])
            throw EdgeError.unavailable
        }
    }

    /// What the request asks for, with the lease on the memory of its body.
    private func read(
        _ request: Request, _ context: AuthenticatedContext
    ) async throws -> (request: FHIRRequest, lease: BodyLease?) {
        let target = try RequestTarget(request.head.path ?? "", maximumParameters: configuration.maximumQueryParameters)
        let path = Array(target.path.dropFirst())
        context.trace.route = RouteTemplate(fhir: path)
        let method = request.method == .head ? HTTPRequest.Method.get : request.method
        var body: (bytes: [UInt8], lease: BodyLease?) = ([], nil)
        if method != .get { body = try await bodies.collect(request, on: context.channel, trace: context.trace) }
        var fhir = FHIRRequest(
            method: method.rawValue, path: path, query: target.query, body: body.bytes, requestID: context.trace.id,
            source: context.caller.source, baseURL: base.fhir)
        try take(request.headers, into: &fhir)
        if method == .post, path.last == "_search" { try takeForm(&fhir) }
        return (fhir, body.lease)
    }

    /// Fields that are lists are joined; of others a second one would be a guess which counts.
    private func take(_ fields: HTTPFields, into request: inout FHIRRequest) throws(EdgeError) {
        for field in fields {
            switch field.name {
            case .ifMatch: try Self.set(&request.ifMatch, field)
            case .ifNoneMatch: Self.join(&request.ifNoneMatch, field)
            case .ifModifiedSince: try Self.set(&request.ifModifiedSince, field)
            case .ifUnmodifiedSince: try Self.set(&request.ifUnmodifiedSince, field)
            case .ifNoneExist: try Self.set(&request.ifNoneExist, field)
            case .prefer: Self.join(&request.prefer, field)
            case .contentType: try Self.set(&request.contentType, field)
            case .accept: Self.join(&request.accept, field)
            default: break
            }
        }
    }

    private static func set(_ value: inout String?, _ field: HTTPField) throws(EdgeError) {
        guard value == nil else { throw .doubledField }
        value = field.value
    }

    private static func join(_ value: inout String?, _ field: HTTPField) {
        value = value.map { $0 + ", " + field.value } ?? field.value
    }

    /// The parameters of a search by POST follow those of the URL. Source: http://hl7.org/fhir/R4/http.html#search.
    private func takeForm(_ request: inout FHIRRequest) throws(EdgeError) {
        guard !request.body.isEmpty || request.contentType != nil else { return }
        guard MediaTypes.matches(request.contentType, MediaTypes.form) else { throw .formExpected }
        let left = configuration.maximumQueryParameters - request.query.count
        request.query += try FormDecoding.parameters(request.body, limit: left, error: .badForm)
        request.body = []
    }
}

extension HTTPField.Name {
    static let ifNoneExist = Self("If-None-Exist")!  // A valid token, by RFC 9110 §5.6.2.
    static let preferenceApplied = Self("Preference-Applied")!  // The same.
    static let prefer = Self("Prefer")!  // The same.
    static let requestID = Self("X-Request-Id")!  // The same.
    static let referrerPolicy = Self("Referrer-Policy")!  // The same.
}
