internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOFoundationCompat
internal import NIOHTTP1
internal import NIOSSL
internal import WardFHIR

/// Somebody who is signed in, for the requests around a measurement.
struct SignedInClient: Sendable {
    let url: String
    let token: String
    private let http: HTTPClient

    /// Signs in.
    init(url: String, authority: String, name: String, password: String, code: String) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(authority)
        http = HTTPClient(configuration: .init(tlsConfiguration: tls))
        self.url = url
        var writer = JSONWriter()
        writer.beginObject()
        for (member, value) in [("name", name), ("password", password), ("code", code)] {
            writer.name(member)
            writer.string(value)
        }
        writer.endObject()
        var request = HTTPClientRequest(url: url + "/auth/sign-in")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: writer.bytes))
        let response = try await http.execute(request, timeout: .seconds(30))
        let body = Array(buffer: try await response.body.collect(upTo: 1 << 16))
        guard response.status == .ok, let token = try JSONDocument(parsing: body).root["token"]?.string else {
            try await http.shutdown()
            throw BenchError("sign-in of \(name) was answered with \(response.status.code)")
        }
        self.token = token
    }

    /// Reads a path below the server's FHIR base.
    func get(_ path: String) async throws -> JSONDocument {
        var request = HTTPClientRequest(url: "\(url)/fhir/\(path)")
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        let response = try await http.execute(request, timeout: .seconds(60))
        let body = Array(buffer: try await response.body.collect(upTo: 1 << 28))
        guard response.status == .ok else { throw BenchError("a search was answered with \(response.status.code)") }
        return try JSONDocument(parsing: body, limits: JSONLimits(maximumBytes: 1 << 28, maximumNodes: 16_000_000))
    }

    /// Ends the connections.
    func close() async throws { try await http.shutdown() }
}
