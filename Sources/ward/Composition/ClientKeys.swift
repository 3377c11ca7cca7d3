internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import WardIdentity

/// Fetches the public keys of applications from where they were registered: https only, no redirect, 64 KiB and five
/// seconds at most.
enum ClientKeys {
    static let source = KeySetSource { url in
        guard url.hasPrefix("https://") else { throw Failure("keys of applications are fetched by https alone") }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
            guard response.status == .ok else { throw Failure("keys of an application cannot be fetched") }
            let body = try await response.body.collect(upTo: 64 << 10)
            let seconds = maximumAge(response.headers.first(name: "Cache-Control"))
            try await client.shutdown()
            return (Array(body.readableBytesView), seconds)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Source: RFC 9111 §5.2.2. Without a word, a minute.
    static func maximumAge(_ field: String?) -> Int {
        guard let field = field?.lowercased() else { return 60 }
        if field.contains("no-store") || field.contains("no-cache") { return 0 }
        for part in field.split(separator: ",") {
            let words = part.split(separator: "=").map { $0.filter { $0 != " " } }
            if words.count == 2, words[0] == "max-age", let seconds = Int(words[1]) { return seconds }
        }
        return 60
    }
}
