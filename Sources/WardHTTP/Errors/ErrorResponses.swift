internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardFHIR

/// Turns refusals and failures into answers: the one place where an error becomes HTTP.
///
/// Below `/fhir` the answer is an OperationOutcome, elsewhere small JSON. Both name the request; neither quotes it, but for the name of a
/// parameter.
enum ErrorResponses {
    /// The answer to a refusal of this layer.
    static func response(to error: EdgeError, fhir: Bool, requestID: String) -> Response {
        var fields = HTTPFields()
        if error.status == 401 {
            fields.append(HTTPField(name: .wwwAuthenticate, value: #"Bearer realm="ward", charset="UTF-8""#))
        }
        if let allow = error.allow { fields.append(HTTPField(name: .allow, value: allow)) }
        if let seconds = error.retryAfter { fields.append(HTTPField(name: .retryAfter, value: "\(seconds)")) }
        let issue = OperationOutcome.Issue(
            .error, error.issue, "\(error.message) Request \(requestID).", expression: error.parameter.map { [$0] } ?? [])
        let body = fhir ? OperationOutcome(issues: [issue]).serialized() : json(error, requestID)
        return response(error.status, fields, fhir, body)
    }

    /// The answer to a refusal of the layers below.
    static func response(to error: FHIRError) -> Response {
        var fields = HTTPFields()
        if let seconds = error.retryAfterSeconds { fields.append(HTTPField(name: .retryAfter, value: "\(seconds)")) }
        return response(error.status, fields, true, error.outcome.serialized())
    }

    private static func response(_ status: Int, _ fields: HTTPFields, _ fhir: Bool, _ body: [UInt8]) -> Response {
        var fields = fields
        fields.append(HTTPField(name: .contentType, value: fhir ? MediaTypes.fhir : MediaTypes.json))
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
