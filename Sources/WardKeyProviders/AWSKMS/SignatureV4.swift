internal import Crypto
internal import Foundation

/// Credentials of AWS.
struct AWSCredentials: Sendable, Equatable {
    var accessKey: String
    var secretKey: String
    /// Nil where they do not expire.
    var sessionToken: String?
    /// Microseconds since 1970-01-01T00:00:00Z; nil where they do not expire.
    var expiresAt: Int64?
}

/// Signs requests to AWS. Source: AWS, "Signature Version 4 signing process", Create a signed request.
struct SignatureV4: Sendable {
    var region: String
    var service: String

    /// The headers that authorise a request: its time, its session token where there is one, and its signature.
    ///
    /// - Parameters:
    ///   - query: as it is sent: parameters in the order of their names, each with its equals sign.
    ///   - headers: every header to be signed, `host` among them.
    ///   - now: microseconds since 1970-01-01T00:00:00Z.
    func authorising(
        method: String, path: String = "/", query: String = "", headers: [(name: String, value: String)], body: [UInt8],
        credentials: AWSCredentials, now: Int64
    ) -> [(name: String, value: String)] {
        let time = Self.timestamp(now)
        let day = String(time.prefix(8))
        var added = [(name: "x-amz-date", value: time)]
        if let token = credentials.sessionToken { added.append((name: "x-amz-security-token", value: token)) }
        let signed = (headers + added)
            .map { (name: $0.name.lowercased(), value: $0.value.trimmingCharacters(in: .whitespaces)) }
            .sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            method, path, query, signed.map { "\($0.name):\($0.value)\n" }.joined(), names, Self.hex(SHA256.hash(data: body)),
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let digest = Self.hex(SHA256.hash(data: Array(canonical.utf8)))
        let text = ["AWS4-HMAC-SHA256", time, scope, digest].joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))
        for part in [day, region, service, "aws4_request"] { key = SymmetricKey(data: Self.code(part, key)) }
        let authorization = "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(Self.hex(Self.code(text, key)))"
        return added + [(name: "authorization", value: authorization)]
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// `YYYYMMDD'T'HHMMSS'Z'`.
    private static func timestamp(_ microseconds: Int64) -> String {
        let text: String = Date(timeIntervalSince1970: Double(microseconds / 1_000_000)).formatted(.iso8601)
        return text.replacing("-", with: "").replacing(":", with: "")
    }
}
