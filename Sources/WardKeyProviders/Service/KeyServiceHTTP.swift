internal import AsyncHTTPClient
internal import Dispatch
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import WardKeys

/// Requests to a key service: over TLS only, bounded in time and size, tried again with back-off where the service is
/// busy or out of reach.
final class KeyServiceHTTP: Sendable {
    /// What a service answered.
    struct Answer: Sendable {
        var status: Int
        var body: Data
        /// By name in lower case.
        var headers: [String: String] = [:]

        /// The body as text.
        var text: String { String(decoding: body, as: UTF8.self) }

        var isSuccess: Bool { (200..<300).contains(status) }
    }

    /// How a request is tried again.
    struct Retries: Sendable {
        var attempts = 4
        /// The first wait; each further one is twice as long, and a random part of it is waited, so that many who wait
        /// do not come back together.
        var wait: Duration = .milliseconds(200)
        var longestWait: Duration = .seconds(3)
        var timeout: Duration = .seconds(5)
        var connectTimeout: Duration = .seconds(3)
        var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    }

    private let client: HTTPClient
    private let retries: Retries
    private let service: String
    private let answerLimit: Int

    /// - Parameters:
    ///   - service: how errors name the service.
    ///   - answerLimit: bytes of an answer that are read.
    ///   - authorityFile: PEM file of the authority that the service's certificate must come from; nil: the system's.
    init(service: String, authorityFile: String?, retries: Retries = Retries(), answerLimit: Int = 1 << 20) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorityFile { tls.trustRoots = .file(authorityFile) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: Self.amount(retries.connectTimeout), read: Self.amount(retries.timeout))
        client = HTTPClient(configuration: configuration)
        self.retries = retries
        self.service = service
        self.answerLimit = answerLimit
    }

    deinit { client.shutdown(queue: .global()) { _ in } }

    /// Sends a request until the service takes it.
    ///
    /// - Parameters:
    ///   - request: makes the request anew for each attempt, since a signature holds for minutes only.
    ///   - isBusy: whether an answer asks to come back later; 429 and 5xx always do.
    /// - Throws: `KeyError` with `.unavailable` where the service does not answer, or stays busy.
    func send(
        isBusy: (Answer) -> Bool = { _ in false }, _ request: () async throws(KeyError) -> HTTPClientRequest
    ) async throws(KeyError) -> Answer {
        var wait = retries.wait
        var last = "does not answer"
        for attempt in 1...max(1, retries.attempts) {
            do {
                let answer = try await once(try await request())
                guard answer.status == 429 || answer.status >= 500 || isBusy(answer) else { return answer }
                last = "is busy or out of order (status \(answer.status))"
            } catch let error as KeyError {
                throw error
            } catch is CancellationError {
                throw KeyError(.unavailable, "\(service): cancelled")
            } catch let error as NIOSSLError {
                throw KeyError(.unavailable, "\(service): the TLS connection is refused (\(type(of: error)))")
            } catch {
                last = "does not answer"
            }
            guard attempt < retries.attempts else { break }
            do {
                try await retries.sleep(wait * Double.random(in: 0.5...1))
            } catch {
                throw KeyError(.unavailable, "\(service): cancelled")
            }
            wait = min(wait * 2, retries.longestWait)
        }
        throw KeyError(.unavailable, "\(service) \(last)")
    }

    private func once(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: Self.amount(retries.timeout))
        let body = try await response.body.collect(upTo: answerLimit)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        return Answer(status: Int(response.status.code), body: Data(body.readableBytesView), headers: headers)
    }

    private static func amount(_ duration: Duration) -> TimeAmount {
        .seconds(duration.components.seconds) + .nanoseconds(duration.components.attoseconds / 1_000_000_000)
    }

    /// The base of a service's addresses: `https` only, without a path's end.
    /// - Throws: `KeyError` with `.settings`.
    static func base(_ url: String, of service: String) throws(KeyError) -> String {
        guard let parsed = URLComponents(string: url), parsed.scheme == "https", parsed.host?.isEmpty == false,
              parsed.query == nil, parsed.user == nil
        else { throw KeyError(.settings, "\(service): an address that begins with https:// is expected") }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}

extension Data {
    /// Overwrites the bytes with zeros. What the encoders, the connection and TLS made of them on the way is theirs.
    mutating func wipe() {
        resetBytes(in: startIndex..<endIndex)
    }

    /// The bytes as a JSON document of a known form; nil where they are none.
    func decoded<Value: Decodable>(as type: Value.Type) -> Value? { try? JSONDecoder().decode(type, from: self) }
}
