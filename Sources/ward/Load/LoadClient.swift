internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import WardFHIR

/// A client of a Ward server, as `ward load` needs it: signs in and posts Bundles, over TLS with the server's authority checked.
struct LoadClient: Sendable {
    let server: String
    let token: String
    private let client: HTTPClient

    /// How often one request is sent while the server says that it is busy.
    private static let attempts = 5

    /// A client that trusts the authority in `authorityFile` (PEM), or the system's where none is given.
    static func make(authorityFile: String?) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorityFile { tls.trustRoots = .file(authorityFile) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(120))
        return HTTPClient(configuration: configuration)
    }

    init(server: String, token: String, client: HTTPClient) {
        self.server = server
        self.token = token
        self.client = client
    }

    /// Signs in.
    static func signIn(server: String, name: String, password: String, code: String, client: HTTPClient) async throws -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for (member, value) in [("name", name), ("password", password), ("code", code)] {
            writer.name(member)
            writer.string(value)
        }
        writer.endObject()
        var request = HTTPClientRequest(url: server + "/auth/sign-in")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: writer.bytes))
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = Array(buffer: try await response.body.collect(upTo: 1 << 16))
        guard response.status == .ok, let token = try JSONDocument(parsing: body).root["token"]?.string else {
            throw Failure("sign-in refused with status \(response.status.code)")
        }
        return token
    }

    /// Posts one Bundle; waits and tries again while the server says that it is busy.
    /// - Returns: entries that were refused: their status and the first issue's place, never content.
    func post(_ item: LoadItem) async throws -> [String] {
        var request = HTTPClientRequest(url: server + "/fhir")
        request.method = .POST
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "content-type", value: "application/fhir+json")
        request.headers.add(name: "prefer", value: "return=minimal")
        request.body = .bytes(ByteBuffer(bytes: item.body))
        var response = try await client.execute(request, timeout: .seconds(600))
        var attempt = 1
        while response.status == .serviceUnavailable, attempt < Self.attempts {
            try await Task.sleep(for: .seconds(min(30, response.headers.first(name: "retry-after").flatMap { Int($0) } ?? 1)))
            response = try await client.execute(request, timeout: .seconds(600))
            attempt += 1
        }
        let body = Array(buffer: try await response.body.collect(upTo: 1 << 28))
        guard response.status == .ok else { return [Self.reason(response.status.code, body)] }
        guard let entries = try JSONDocument(parsing: body).root["entry"] else { return [] }
        return entries.elements.compactMap { entry in
            guard let status = entry["response"]?["status"]?.string, !status.hasPrefix("2") else { return nil }
            return "an entry: \(status)"
        }
    }

    private static func reason(_ status: UInt, _ body: [UInt8]) -> String {
        let issue = (try? JSONDocument(parsing: body))?.root["issue"]?.elements.first { _ in true }
        let place = issue?["expression"]?.elements.first { _ in true }?.string ?? ""
        return "status \(status) \(issue?["diagnostics"]?.string ?? "") \(place)"
    }
}
