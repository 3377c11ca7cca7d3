internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import WardAudit
internal import WardRecords

/// An answer that may carry health information. It can only be made from an audited one: what is not in the audit
/// log is not sent.
struct PHIResponse: Sendable {
    private let response: FHIRResponse

    init(_ audited: Audited<FHIRResponse>) { response = audited.value }

    /// The answer as HTTP. `base` is the server's FHIR base URL, without a slash at the end.
    ///
    /// Source: http://hl7.org/fhir/R4/http.html#versions (ETag, Last-Modified), #create (Location).
    func http(base: String) -> Response {
        var fields = HTTPFields()
        fields.reserveCapacity(14)
        if !response.body.isEmpty { fields.append(HTTPField(name: .contentType, value: MediaTypes.fhir)) }
        if let version = response.version { fields.append(HTTPField(name: .eTag, value: "W/\"\(version)\"")) }
        if let time = response.updatedAt { fields.append(HTTPField(name: .lastModified, value: HTTPDate.text(time))) }
        if let location = response.location {
            fields.append(HTTPField(name: .location, value: base + "/" + location))
        }
        if let seconds = response.retryAfter { fields.append(HTTPField(name: .retryAfter, value: "\(seconds)")) }
        if !response.allow.isEmpty {
            fields.append(HTTPField(name: .allow, value: response.allow.joined(separator: ", ")))
        }
        if response.isLenient { fields.append(HTTPField(name: .preferenceApplied, value: "handling=lenient")) }
        if response.status == 401 { fields.append(HTTPField(name: .wwwAuthenticate, value: #"Bearer realm="ward""#)) }
        let body: ResponseBody =
            response.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: response.body))
        return Response(status: .init(code: response.status), headers: fields, body: body)
    }
}
