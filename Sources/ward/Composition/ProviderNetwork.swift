internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import WardIdentity

/// The way to the organisation's OpenID Connect provider: https only, no redirect, 64 KiB and five seconds at most, its
/// certificate checked by the authority that was set, or else by those of the system.
enum ProviderNetwork {
    static func wire(authorityFile: String?) throws(ConfigurationError) -> ProviderWire {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let authorityFile {
            do {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            } catch {
                throw ConfigurationError("oidc.ca_file must be a PEM file with at least one certificate")
            }
        }
        let trusted = tls
        return ProviderWire(
            get: { url in try await send(HTTPClientRequest(url: url), trusted) },
            post: { url, form, fields in
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
                for (name, value) in fields { request.headers.add(name: name, value: value) }
                request.body = .bytes(ByteBuffer(string: form))
                return try await send(request, trusted)
            })
    }

    private static func send(_ request: HTTPClientRequest, _ tls: TLSConfiguration) async throws -> (status: Int, body: [UInt8]) {
        guard request.url.hasPrefix("https://") else { throw Failure("a provider is reached by https alone") }
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            let body = try await response.body.collect(upTo: ProviderWire.maximumBytes)
            try await client.shutdown()
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
