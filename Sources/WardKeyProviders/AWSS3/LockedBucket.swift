internal import AsyncHTTPClient
internal import Crypto
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
public import WardKeys

/// A bucket with object lock: what is put there stays as it is until a day that nobody can bring nearer.
///
/// Objects are read in their oldest version, so that neither a later version nor a delete marker hides the one that was
/// put first. Sources: Amazon S3 API reference (PutObject, ListObjectVersions, HeadObject); Amazon S3 user guide,
/// Object Lock, compliance mode.
public struct LockedBucket: Sendable {
    /// Which bucket, and how it is reached.
    public struct Settings: Sendable {
        var region: String
        var bucket: String
        var prefix: String
        var endpoint: String?
        var authorityFile: String?
        var credentials: AWSKMSSettings.Credentials

        /// Settings.
        /// - Parameters:
        ///   - prefix: what names begin with, such as `ward/`; may be empty.
        ///   - endpoint: the `https` address of the service where it is not that of the region.
        ///   - authorityFile: PEM file of the authority of the service's certificate; nil: the system's.
        public init(
            region: String, bucket: String, prefix: String, endpoint: String?, authorityFile: String?,
            credentials: AWSKMSSettings.Credentials
        ) {
            self.region = region
            self.bucket = bucket
            self.prefix = prefix
            self.endpoint = endpoint
            self.authorityFile = authorityFile
            self.credentials = credentials
        }
    }

    private let http: S3HTTP
    private let prefix: String
    private let now: @Sendable () -> Int64

    /// A bucket; nothing is sent yet.
    /// - Parameter now: microseconds since 1970-01-01T00:00:00Z.
    /// - Throws: `KeyError` with `.settings` where a setting has a form that the service does not know.
    public init(_ settings: Settings, now: @escaping @Sendable () -> Int64) throws(KeyError) {
        http = try S3HTTP(settings, now: now)
        prefix = settings.prefix
        self.now = now
    }

    /// Shows that the bucket keeps what it is given: object lock is on, and a small object that is locked for a day cannot
    /// be removed by the very credentials that put it there.
    /// - Throws: `KeyError` with `.settings` that says what is not as it must be; `.unavailable`, `.permissions`.
    public func probe() async throws(KeyError) {
        let lock = try await http.send(.GET, "", query: "object-lock=")
        guard lock.status == 200, lock.text.contains("<ObjectLockEnabled>Enabled<") else {
            let isWithout = lock.status == 200 || lock.text.contains("ObjectLockConfigurationNotFound")
            guard isWithout else { throw Self.refused("GetObjectLockConfiguration", lock) }
            throw KeyError(.settings, "S3: the bucket has no object lock; it must be made with it")
        }
        let key = prefix + "probe/\(now())"
        let answer = try await http.send(
            .PUT, key, body: Array("ward".utf8), headers: Self.lock(until: now() + 86_400_000_000))
        guard answer.isSuccess, let version = answer.headers["x-amz-version-id"] else { throw Self.refused("PutObject", answer) }
        try await checkRetention(key, version: version, until: now())
        let removal = try await http.send(.DELETE, key, query: "versionId=\(S3HTTP.escaped(version))")
        guard removal.status == 403 else {
            throw KeyError(.settings, "S3: the bucket let a locked object be removed; its retention is not on")
        }
    }

    /// Puts an object that is locked until a time, where there is none of that name.
    /// - Returns: false where there is one; nothing was changed then.
    /// - Throws: `KeyError`: `.settings` where the service did not lock it; `.unavailable`, `.permissions`.
    public func put(_ bytes: [UInt8], as name: String, until: Int64) async throws(KeyError) -> Bool {
        let answer = try await http.send(
            .PUT, prefix + name, body: bytes, headers: Self.lock(until: until) + [("if-none-match", "*")])
        guard answer.isSuccess || answer.status == 412 else { throw Self.refused("PutObject", answer) }
        guard let version = try await versions(of: prefix + name).last(where: { $0.key == prefix + name })?.version else {
            throw KeyError(.unavailable, "S3: an object that was put is not there")
        }
        try await checkRetention(prefix + name, version: version, until: answer.isSuccess ? until : now())
        return answer.isSuccess
    }

    /// The oldest version of an object; nil where there is none, or where it is larger than what is read or sealed with a
    /// key of somebody else's (SSE-C).
    /// - Throws: `KeyError`.
    public func get(_ name: String) async throws(KeyError) -> [UInt8]? {
        let key = prefix + name
        guard let found = try await versions(of: key).last(where: { $0.key == key }),
              found.bytes <= S3HTTP.answerLimit else { return nil }
        let answer = try await http.send(.GET, key, query: "versionId=\(S3HTTP.escaped(found.version))")
        if answer.status == 400, answer.text.contains("InvalidRequest") { return nil }
        guard answer.isSuccess else { throw Self.refused("GetObject", answer) }
        return Array(answer.body)
    }

    /// The names of all objects, in order.
    /// - Throws: `KeyError`.
    public func names() async throws(KeyError) -> [String] {
        Set(try await versions(of: prefix).map { String($0.key.dropFirst(prefix.count)) }).sorted()
    }

    /// Every version under a prefix; those of a key from the newest to the oldest. Delete markers are left out.
    private func versions(of prefix: String) async throws(KeyError) -> [(key: String, version: String, bytes: Int)] {
        var found: [(key: String, version: String, bytes: Int)] = []
        var after: (key: String, version: String)?
        while true {
            // Parameters in the order of their names, as they are signed.
            var query = after.map { "key-marker=\(S3HTTP.escaped($0.key))&" } ?? ""
            query += "prefix=\(S3HTTP.escaped(prefix))&"
            if let after, !after.version.isEmpty { query += "version-id-marker=\(S3HTTP.escaped(after.version))&" }
            let answer = try await http.send(.GET, "", query: query + "versions=")
            guard answer.isSuccess else { throw Self.refused("ListObjectVersions", answer) }
            let text = answer.text
            for part in text.components(separatedBy: "<Version>").dropFirst() {
                let item = part.components(separatedBy: "</Version>")[0]
                if let key = Self.element("Key", item), let version = Self.element("VersionId", item) {
                    found.append((key, version, Self.element("Size", item).flatMap { Int($0) } ?? 0))
                }
            }
            guard Self.element("IsTruncated", text) == "true", let key = Self.element("NextKeyMarker", text) else {
                return found
            }
            after = (key, Self.element("NextVersionIdMarker", text) ?? "")
        }
    }

    private func checkRetention(_ key: String, version: String, until: Int64) async throws(KeyError) {
        let answer = try await http.send(.HEAD, key, query: "versionId=\(S3HTTP.escaped(version))")
        guard answer.isSuccess, answer.headers["x-amz-object-lock-mode"] == "COMPLIANCE",
              let text = answer.headers["x-amz-object-lock-retain-until-date"], let date = Self.date(text),
              date.timeIntervalSince1970 >= Double(until / 1_000_000) - 1 else {
            throw KeyError(.settings, "S3: an object that was put is not locked in compliance mode for as long as was asked")
        }
    }

    private static func date(_ text: String) -> Date? {
        // With fractions of a second or without.
        let whole = String(text.prefix { $0 != "." && $0 != "Z" }) + "Z"
        return try? Date(whole, strategy: .iso8601)
    }

    private static func lock(until: Int64) -> [(name: String, value: String)] {
        let date: String = Date(timeIntervalSince1970: Double(until / 1_000_000)).formatted(.iso8601)
        return [("x-amz-object-lock-mode", "COMPLIANCE"), ("x-amz-object-lock-retain-until-date", date)]
    }

    private static func element(_ name: String, _ text: String) -> String? {
        let parts = text.components(separatedBy: "<\(name)>")
        guard parts.count > 1 else { return nil }
        return parts[1].components(separatedBy: "</\(name)>").first?.replacing("&amp;", with: "&")
    }

    private static func refused(_ action: String, _ answer: KeyServiceHTTP.Answer) -> KeyError {
        let code = (element("Code", answer.text) ?? "refused").prefix(60).filter { $0.isASCII && $0.isLetter }
        if code == "NoSuchBucket" { return KeyError(.settings, "S3: there is no bucket of that name") }
        let kind: KeyError.Code = answer.status == 403 ? .permissions : answer.status == 404 ? .settings : .unavailable
        return KeyError(kind, "S3 \(action): \(code) (status \(answer.status))")
    }
}
