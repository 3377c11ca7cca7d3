internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Speaks to a witness over TLS, with its authority checked.
struct WitnessClient: Sendable {
    /// The submission and monitoring prefix, without a slash at the end.
    let address: String
    private let client: HTTPClient

    /// Largest answer that is read.
    private static let answerBytes = 1 << 17

    /// - Parameter authority: PEM file of the authority to trust; the system's where none is given.
    /// - Throws: ``Failure`` unless the address is one of https.
    init(address: String, authority: String?) throws(Failure) {
        guard address.hasPrefix("https://"), let url = URL(string: address), url.host != nil, url.query == nil else {
            throw Failure("the address of a witness begins with https:// and has no query")
        }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authority { tls.trustRoots = .file(authority) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(10))
        client = HTTPClient(configuration: configuration)
    }

    /// Ends the connections.
    func close() async { try? await client.shutdown() }

    /// Asks for a cosignature.
    func add(_ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: address + "/add-checkpoint")
        request.method = .POST
        request.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await answer(to: request)
    }

    /// The newest checkpoint of a book that the witness cosigned; nil where it knows none.
    func newest(of origin: String) async throws -> [UInt8]? {
        let name = origin.replacing("/", with: "%2F")
        let answer = try await answer(to: HTTPClientRequest(url: "\(address)/\(name)/checkpoint"))
        guard answer.status == 200 || answer.status == 404 else {
            throw Failure("the witness answered with status \(answer.status)")
        }
        return answer.status == 200 ? answer.body : nil
    }

    private func answer(to request: HTTPClientRequest) async throws -> (status: Int, body: [UInt8]) {
        let response = try await client.execute(request, timeout: .seconds(15))
        let body = try await response.body.collect(upTo: Self.answerBytes)
        return (Int(response.status.code), Array(buffer: body))
    }
}
