internal import WardDatabase
internal import WardFHIR
internal import WardVault

/// Writes Bundles that go back to clients: searchset, history, batch-response, transaction-response. Resources go in as the bytes that were
/// stored; nothing is parsed.
///
/// Source: https://hl7.org/fhir/R4/bundle.html
struct BundleWriter {
    private var writer: JSONWriter
    private var hasEntries = false

    /// Begins a Bundle of a type, such as `searchset`.
    init(type: String, total: Int? = nil, links: [(relation: String, url: String)] = [], reserving capacity: Int = 4_096) {
        writer = JSONWriter(reserving: capacity)
        writer.beginObject()
        writer.name("resourceType")
        writer.string("Bundle")
        writer.name("type")
        writer.string(type)
        if let total {
            writer.name("total")
            writer.number(total)
        }
        if !links.isEmpty {
            writer.name("link")
            writer.beginArray()
            for link in links {
                writer.beginObject()
                writer.name("relation")
                writer.string(link.relation)
                writer.name("url")
                writer.string(link.url)
                writer.endObject()
            }
            writer.endArray()
        }
    }

    /// An entry of a searchset: the resource that matched, or an OperationOutcome about the search.
    mutating func match(fullURL: String?, resource: [UInt8], mode: String = "match") {
        beginEntry(fullURL: fullURL, resource: resource)
        writer.name("search")
        writer.beginObject()
        writer.name("mode")
        writer.string(mode)
        writer.endObject()
        writer.endObject()
    }

    /// An entry of a history: one version and the request that made it.
    mutating func version(_ record: OpenedRecord, fullURL: String) {
        beginEntry(fullURL: fullURL, resource: record.isDeleted ? nil : record.content)
        writer.name("request")
        writer.beginObject()
        writer.name("method")
        writer.string(record.isDeleted ? "DELETE" : record.version == 1 ? "POST" : "PUT")
        writer.name("url")
        writer.string(record.version == 1 ? record.key.type : "\(record.key.type)/\(record.key.id)")
        writer.endObject()
        writer.name("response")
        writer.beginObject()
        writer.name("status")
        writer.string(record.isDeleted ? "204 No Content" : record.version == 1 ? "201 Created" : "200 OK")
        writer.name("etag")
        writer.string("W/\"\(record.version)\"")
        writer.name("lastModified")
        writer.string(FHIRInstant.text(microseconds: record.updatedAt))
        writer.endObject()
        writer.endObject()
    }

    /// An entry of a batch-response or transaction-response.
    mutating func response(_ response: FHIRResponse, baseURL: String) {
        let isOutcome = response.status >= 400
        beginEntry(
            fullURL: isOutcome || response.body.isEmpty ? nil : response.location.map { "\(baseURL)/\(Self.unversioned($0))" },
            resource: isOutcome || response.body.isEmpty ? nil : response.body)
        writer.name("response")
        writer.beginObject()
        writer.name("status")
        writer.string(Self.statusLine(response.status))
        if let location = response.location {
            writer.name("location")
            writer.string(location)
        }
        if let version = response.version {
            writer.name("etag")
            writer.string("W/\"\(version)\"")
        }
        if let updatedAt = response.updatedAt {
            writer.name("lastModified")
            writer.string(FHIRInstant.text(microseconds: updatedAt))
        }
        if isOutcome, !response.body.isEmpty {
            writer.name("outcome")
            writer.raw(response.body)
        }
        writer.endObject()
        writer.endObject()
    }

    /// The whole Bundle.
    mutating func finish() -> [UInt8] {
        if hasEntries { writer.endArray() }
        writer.endObject()
        return writer.bytes
    }

    private mutating func beginEntry(fullURL: String?, resource: [UInt8]?) {
        if !hasEntries {
            writer.name("entry")
            writer.beginArray()
            hasEntries = true
        }
        writer.beginObject()
        if let fullURL {
            writer.name("fullUrl")
            writer.string(fullURL)
        }
        if let resource {
            writer.name("resource")
            writer.raw(resource)
        }
    }

    private static func unversioned(_ location: String) -> String {
        location.split(separator: "/").prefix(2).joined(separator: "/")
    }

    private static func statusLine(_ status: Int) -> String {
        switch status {
        case 200: "200 OK"
        case 201: "201 Created"
        case 204: "204 No Content"
        case 304: "304 Not Modified"
        case 400: "400 Bad Request"
        case 403: "403 Forbidden"
        case 404: "404 Not Found"
        case 405: "405 Method Not Allowed"
        case 409: "409 Conflict"
        case 410: "410 Gone"
        case 412: "412 Precondition Failed"
        case 413: "413 Content Too Large"
        case 422: "422 Unprocessable Content"
        case 503: "503 Service Unavailable"
        default: String(status)
        }
    }
}
