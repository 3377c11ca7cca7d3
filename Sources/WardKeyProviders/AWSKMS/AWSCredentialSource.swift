internal import AsyncHTTPClient
internal import Foundation
internal import NIOHTTP1
internal import Synchronization
internal import WardKeys

/// Where the credentials for AWS come from: a file, or the role of the instance; kept until shortly before they expire.
final class AWSCredentialSource: Sendable {
    private let kind: AWSKMSSettings.Credentials
    private let metadata: InstanceMetadata
    private let now: @Sendable () -> Int64
    private let kept = Mutex<(credentials: AWSCredentials, until: Int64)?>(nil)

    /// Files are read again after so long, so that changed credentials are found.
    private static let fileLifetime: Int64 = 300_000_000
    /// Credentials that expire are fetched anew so long before.
    private static let margin: Int64 = 300_000_000

    init(_ kind: AWSKMSSettings.Credentials, metadata: InstanceMetadata, now: @escaping @Sendable () -> Int64) {
        self.kind = kind
        self.metadata = metadata
        self.now = now
    }

    /// Credentials that are good for minutes.
    /// - Throws: `KeyError` with `.permissions`, `.settings` (the file), or `.unavailable` (the instance).
    func credentials() async throws(KeyError) -> AWSCredentials {
        let now = now()
        if let kept = kept.withLock({ $0 }), now < kept.until { return kept.credentials }
        let fresh: AWSCredentials
        var until = now + Self.fileLifetime
        switch kind {
        case .file(let path): fresh = try Self.read(path)
        case .instance:
            fresh = try await metadata.credentials()
            if let end = fresh.expiresAt { until = end - Self.margin }
        }
        kept.withLock { $0 = (fresh, until) }
        return fresh
    }

    /// Forgets what is kept: after the service refused it.
    func forget() { kept.withLock { $0 = nil } }

    /// The credentials of the profile `default` in a file.
    /// - Throws: `KeyError` with `.permissions`, or `.settings` where the file is missing, cannot be read or holds none.
    static func read(_ path: String) throws(KeyError) -> AWSCredentials {
        let content: [UInt8]
        do {
            content = try SecretFile(path).read()
        } catch {
            guard error.code == .missing || error.code == .unavailable else { throw error }
            throw KeyError(.settings, "credentials_file \(path): \(error.code == .missing ? "is missing" : "is no file that can be read")")
        }
        var section = "default"
        var values: [String: String] = [:]
        for line in String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("#") || line.hasPrefix(";") || line.isEmpty { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = line.dropFirst().dropLast().trimmingCharacters(in: .whitespaces)
                continue
            }
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if section == "default", parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let access = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw KeyError(.settings, "aws_access_key_id and aws_secret_access_key are expected in the credentials file")
        }
        return AWSCredentials(accessKey: access, secretKey: secret, sessionToken: values["aws_session_token"])
    }
}

/// The metadata service of an EC2 instance, version 2: the one plain HTTP service there is, on the hypervisor's own
/// link-local address. Source: AWS, "Use the Instance Metadata Service".
struct InstanceMetadata: Sendable {
    let base: String
    let http: KeyServiceHTTP

    init(base: String = "http://169.254.169.254", retries: KeyServiceHTTP.Retries = .init()) {
        self.base = base
        http = KeyServiceHTTP(service: "the instance's metadata service", authorityFile: nil, retries: retries)
    }

    private struct Role: Decodable {
        var AccessKeyId: String
        var SecretAccessKey: String
        var Token: String
        var Expiration: String
    }

    func credentials() async throws(KeyError) -> AWSCredentials {
        let ttl = ("x-aws-ec2-metadata-token-ttl-seconds", "300")
        let token = try await text(.PUT, "/latest/api/token", header: ttl)
        let header = ("x-aws-ec2-metadata-token", token)
        let folder = "/latest/meta-data/iam/security-credentials/"
        let role = try await text(.GET, folder, header: header).prefix { !$0.isNewline }
        guard !role.isEmpty, role.allSatisfy({ $0.isLetter || $0.isNumber || "+=,.@_-".contains($0) }) else {
            throw KeyError(.settings, "the instance has no role")
        }
        let document = try await text(.GET, folder + role, header: header)
        guard let found = Data(document.utf8).decoded(as: Role.self), let end = try? Date(found.Expiration, strategy: .iso8601)
        else { throw KeyError(.unavailable, "the instance's metadata service gave no credentials") }
        return AWSCredentials(
            accessKey: found.AccessKeyId, secretKey: found.SecretAccessKey, sessionToken: found.Token,
            expiresAt: Int64(end.timeIntervalSince1970 * 1_000_000))
    }

    private func text(_ method: HTTPMethod, _ path: String, header: (String, String)) async throws(KeyError) -> String {
        let answer = try await http.send { () throws(KeyError) in
            var request = HTTPClientRequest(url: base + path)
            request.method = method
            request.headers.add(name: header.0, value: header.1)
            return request
        }
        guard answer.isSuccess, let text = String(validating: answer.body, as: UTF8.self) else {
            throw KeyError(.unavailable, "the instance's metadata service refuses (status \(answer.status))")
        }
        return text
    }
}
