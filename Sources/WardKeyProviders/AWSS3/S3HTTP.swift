internal import AsyncHTTPClient
internal import Crypto
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import WardKeys

/// Signed requests to S3. Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
struct S3HTTP: Sendable {
    private let base: String
    private let host: String
    /// Before each key: empty where the bucket is part of the host's name.
    private let path: String
    private let http: KeyServiceHTTP
    private let signer: SignatureV4
    private let source: AWSCredentialSource
    private let now: @Sendable () -> Int64

    /// The largest object that is read.
    static let answerLimit = 64 << 20

    init(_ settings: LockedBucket.Settings, now: @escaping @Sendable () -> Int64) throws(KeyError) {
        guard Self.isPlain(settings.region, "-"), Self.isPlain(settings.bucket, "-."), settings.bucket.utf8.count >= 3 else {
            throw KeyError(.settings, "S3: a region such as eu-central-1 and the name of a bucket are expected")
        }
        guard settings.prefix.utf8.allSatisfy({ Self.isLetterOrDigit($0) || "-_./".utf8.contains($0) }) else {
            throw KeyError(.settings, "S3: a prefix takes letters, digits and - _ . /")
        }
        let address = settings.endpoint ?? "https://\(settings.bucket).s3.\(settings.region).amazonaws.com"
        base = try KeyServiceHTTP.base(address, of: "S3")
        let parsed = URLComponents(string: base)
        host = (parsed?.host ?? "") + (parsed?.port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
        path = settings.endpoint == nil ? "/" : "/\(settings.bucket)/"
        let retries = KeyServiceHTTP.Retries(attempts: 3, timeout: .seconds(60))
        http = KeyServiceHTTP(
            service: "S3", authorityFile: settings.authorityFile, retries: retries, answerLimit: Self.answerLimit)
        signer = SignatureV4(region: settings.region, service: "s3")
        source = AWSCredentialSource(settings.credentials, metadata: InstanceMetadata(), now: now)
        self.now = now
    }

    /// Sends a request for a key; the empty key is the bucket.
    /// - Throws: `KeyError` with `.unavailable` where the service does not answer.
    func send(
        _ method: HTTPMethod, _ key: String, query: String = "", body: [UInt8] = [],
        headers: [(name: String, value: String)] = []
    ) async throws(KeyError) -> KeyServiceHTTP.Answer {
        let digest = SHA256.hash(data: body)
        var headers = headers + [
            ("host", host), ("x-amz-content-sha256", digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
        ]
        if method == .PUT {
            headers += [
                ("x-amz-checksum-sha256", Data(digest).base64EncodedString()), ("x-amz-sdk-checksum-algorithm", "SHA256"),
            ]
        }
        let (named, target) = (headers, path + Self.escaped(key, keeping: "/"))
        let answer = try await http.send { () throws(KeyError) in
            let authorising = signer.authorising(
                method: method.rawValue, path: target, query: query, headers: named, body: body,
                credentials: try await source.credentials(), now: now())
            var request = HTTPClientRequest(url: base + target + (query.isEmpty ? "" : "?\(query)"))
            request.method = method
            for header in named + authorising { request.headers.replaceOrAdd(name: header.name, value: header.value) }
            if method == .PUT { request.body = .bytes(ByteBuffer(bytes: body)) }
            return request
        }
        if answer.status == 400 || answer.status == 403, answer.text.contains("ExpiredToken") { source.forget() }
        return answer
    }

    /// Everything but unreserved characters as percent signs and digits (RFC 3986 §2.3).
    static func escaped(_ text: String, keeping: String = "") -> String {
        text.utf8.map { byte in
            if isLetterOrDigit(byte) || "-_.~".utf8.contains(byte) || keeping.utf8.contains(byte) {
                return String(UnicodeScalar(byte))
            }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func isPlain(_ text: String, _ also: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || also.utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
}
