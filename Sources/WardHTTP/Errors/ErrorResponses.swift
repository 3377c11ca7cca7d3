internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR

/// Turns refusals and failures into answers: the one place where an error becomes HTTP.
///
/// Below `/fhir` the answer is an OperationOutcome, elsewhere a page for who reads pages, and small JSON for all others. Each names the request;
/// none quotes it, but for the name of a parameter.
enum ErrorResponses {
    /// In which form an error is told.
    enum Form: Sendable {
        case outcome, json, page

        /// The form for a request: below `/fhir` what FHIR says, elsewhere what the client takes.
        init(for request: Request) {
            let path = request.head.path ?? ""
            let isFHIR = path == "/fhir" || path.hasPrefix("/fhir/") || path.hasPrefix("/fhir?")
            let takesPages = request.headers[values: .accept].contains { $0.lowercased().contains("text/html") }
            self = isFHIR ? .outcome : takesPages ? .page : .json
        }
    }

    /// The answer to a refusal of this layer.
    static func response(to error: EdgeError, _ form: Form, requestID: String) -> Response {
        var fields = HTTPFields()
        if error.status == 401 {
            fields.append(HTTPField(name: .wwwAuthenticate, value: #"Bearer realm="ward", charset="UTF-8""#))
        }
        if let allow = error.allow { fields.append(HTTPField(name: .allow, value: allow)) }
        if let seconds = error.retryAfter { fields.append(HTTPField(name: .retryAfter, value: "\(seconds)")) }
        switch form {
        case .outcome:
            let issue = OperationOutcome.Issue(
                .error, error.issue, "\(error.message) Request \(requestID).", expression: error.parameter.map { [$0] } ?? [])
            return response(error.status, fields, MediaTypes.fhir, OperationOutcome(issues: [issue]).serialized())
        case .json: return response(error.status, fields, MediaTypes.json, json(error, requestID))
        case .page:
            var page = ErrorPages.page(error, requestID: requestID).response()
            page.headers.append(contentsOf: fields)
            return page
        }
    }

    /// The answer to a refusal of the layers below.
    static func response(to error: FHIRError) -> Response {
        var fields = HTTPFields()
        if let seconds = error.retryAfterSeconds { fields.append(HTTPField(name: .retryAfter, value: "\(seconds)")) }
        return response(error.status, fields, MediaTypes.fhir, error.outcome.serialized())
    }

    private static func response(_ status: Int, _ fields: HTTPFields, _ type: String, _ body: [UInt8]) -> Response {
        var fields = fields
        fields.append(HTTPField(name: .contentType, value: type))
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private static func json(_ error: EdgeError, _ requestID: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 160)
        writer.beginObject()
        writer.name("error")
        writer.string("\(error.message)")
        if let parameter = error.parameter {
            writer.name("parameter")
            writer.string(parameter)
        }
        writer.name("request_id")
        writer.string(requestID)
        writer.endObject()
        return writer.bytes
    }
}
