import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle
import WardHTTP
import WardPHI

/// A server on a free port of this machine, with a development certificate in a folder of its own, for the time of a
/// closure.
struct LiveServer: Sendable {
    let address: WardServer.BoundAddress
    let folder: String
    let certificates: CertificateStore
    let metrics: PrometheusRegistry
    let group: ServiceGroup

    static func run(
        _ services: EdgeServices = House().services, log: LogLines = LogLines(),
        configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (LiveServer) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let development = DevelopmentCertificates(folder: folder, names: [])
        try development.ensure()
        let certificates = try CertificateStore(files: development.files)
        var configuration = ServerConfiguration()
        configuration.port = 0
        configure(&configuration)
        let (bound, announce) = AsyncStream.makeStream(of: WardServer.BoundAddress.self)
        let metrics = PrometheusRegistry()
        let server = WardServer(
            configuration: configuration, certificates: certificates, services: services, metrics: metrics,
            logger: log.logger("ward.http"), ready: { announce.yield($0) })
        let group = ServiceGroup(services: [server], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await address in bound {
                let live = LiveServer(
                    address: address, folder: folder, certificates: certificates, metrics: metrics, group: group)
                do { try await body(live) } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    static func temporaryFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ward-http-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A client that trusts the development authority and nothing else.
    func withClient<Result>(
        http2: Bool = false, configure: (inout HTTPClient.Configuration) -> Void = { _ in },
        _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(folder + "/ca.pem")
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = http2 ? .automatic : .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(60)
        // Whom it does not trust at first it never will.
        configuration.connectionPool.retryConnectionEstablishment = false
        configure(&configuration)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// One request on a connection of its own.
    func send(
        _ method: String, _ path: String, token: String? = House.clinician, headers: [(String, String)] = [],
        body: [UInt8]? = nil, http2: Bool = false
    ) async throws -> Answer {
        try await withClient(http2: http2) { client in
            try await send(method, path, token: token, headers: headers, body: body, with: client)
        }
    }

    /// One request by `client`.
    func send(
        _ method: String, _ path: String, token: String? = House.clinician, headers: [(String, String)] = [],
        body: [UInt8]? = nil, with client: HTTPClient
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(body) }
        let response = try await client.execute(request, timeout: .seconds(600))
        let bytes = try await response.body.collect(upTo: 100 << 20)
        return Answer(
            status: Int(response.status.code), version: "\(response.version)",
            headers: response.headers.map { ($0.name.lowercased(), $0.value) }, body: String(buffer: bytes))
    }
}

/// What came back.
struct Answer: Sendable {
    var status: Int
    var version: String
    var headers: [(String, String)]
    var body: String

    subscript(name: String) -> String? { headers.first { $0.0 == name.lowercased() }?.1 }
}
