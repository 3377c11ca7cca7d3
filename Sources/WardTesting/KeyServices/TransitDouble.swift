internal import Crypto
internal import Foundation
internal import Synchronization

/// A double of the transit engine of Vault and OpenBao, faithful in what a root key needs: real AES-256-GCM with
/// `associated_data`, versions, rotation, the least version that decrypts, trimming, tokens, and the same errors.
///
/// Source: OpenBao, `builtin/logical/transit` (path_encrypt, path_decrypt, path_keys, path_rotate, path_config, path_trim).
public final class TransitDouble: Sendable {
    /// How a key was made.
    public struct Key: Sendable {
        /// 32 bytes by version.
        var versions: [UInt32: SymmetricKey]
        var createdAt: [UInt32: Int64]
        var leastDecryption: UInt32 = 1
        var exportable = false

        var latest: UInt32 { versions.keys.max() ?? 0 }
    }

    private struct State {
        var keys: [String: Key] = [:]
        var failures: [Int] = []
        var requests = 0
    }

    private let token: String
    private let state = Mutex(State())

    /// An engine without keys; requests without this token are refused.
    public init(token: String) { self.token = token }

    /// Makes the next requests fail with these statuses, one each.
    public func failNext(_ statuses: [Int]) { state.withLock { $0.failures = statuses } }

    /// Makes a key that can be exported, which a client must refuse.
    public func makeExportableKey(_ name: String) { make(name, exportable: true) }

    /// How many requests came.
    public var requests: Int { state.withLock { $0.requests } }

    /// Answers a request, mounted at `/v1/transit`.
    public func respond(_ request: LoopbackService.Request) -> LoopbackService.Answer {
        let failure = state.withLock { state -> Int? in
            state.requests += 1
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { return Self.failed(failure, "injected") }
        guard request.header("x-vault-token") == token else { return Self.failed(403, "permission denied") }
        let path = request.path.split(separator: "/").map(String.init)
        guard path.count >= 4, path[0] == "v1", path[1] == "transit" else {
            return Self.failed(404, "no handler for route")
        }
        let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
        switch (request.method, path[2], path.count > 4 ? path[4] : "") {
        case ("GET", "keys", ""): return describe(path[3])
        case ("POST", "keys", ""):
            make(path[3], exportable: body["exportable"] as? Bool ?? false)
            return describe(path[3])
        case ("POST", "keys", "rotate"): return change(path[3]) { Self.add(to: &$0) }
        case ("POST", "keys", "config"):
            let least = UInt32(body["min_decryption_version"] as? Int ?? 1)
            return change(path[3]) { $0.leastDecryption = least }
        case ("POST", "keys", "trim"):
            let least = UInt32(body["min_available_version"] as? Int ?? 0)
            return change(path[3]) { key in key.versions = key.versions.filter { $0.key >= least } }
        case ("POST", "encrypt", ""): return encrypt(path[3], body)
        case ("POST", "decrypt", ""): return decrypt(path[3], body)
        default: return Self.failed(405, "unsupported operation")
        }
    }

    private func make(_ name: String, exportable: Bool) {
        state.withLock { state in
            guard state.keys[name] == nil else { return }
            var key = Key(versions: [:], createdAt: [:], exportable: exportable)
            Self.add(to: &key)
            state.keys[name] = key
        }
    }

    private static func add(to key: inout Key) {
        let next = key.latest + 1
        key.versions[next] = SymmetricKey(size: .bits256)
        key.createdAt[next] = Int64(Date().timeIntervalSince1970)
    }

    private func change(_ name: String, _ body: (inout Key) -> Void) -> LoopbackService.Answer {
        state.withLock { state in
            guard var key = state.keys[name] else { return Self.failed(400, "no existing key named \(name) could be found") }
            body(&key)
            state.keys[name] = key
            return LoopbackService.Answer(status: 204)
        }
    }

    private func describe(_ name: String) -> LoopbackService.Answer {
        guard let key = state.withLock({ $0.keys[name] }) else { return Self.failed(404, nil) }
        let times = key.versions.keys.reduce(into: [String: Int64]()) { $0[String($1)] = key.createdAt[$1] ?? 0 }
        return Self.answer([
            "type": "aes256-gcm96", "derived": false, "exportable": key.exportable, "allow_plaintext_backup": false,
            "latest_version": Int(key.latest), "min_decryption_version": Int(key.leastDecryption), "keys": times,
        ])
    }

    private func encrypt(_ name: String, _ body: [String: Any]) -> LoopbackService.Answer {
        guard let key = state.withLock({ $0.keys[name] }), let root = key.versions[key.latest] else {
            return Self.failed(400, "encryption key not found")
        }
        guard let plaintext = Self.bytes(body["plaintext"]), let aad = Self.bytes(body["associated_data"] ?? ""),
              let sealed = try? AES.GCM.seal(plaintext, using: root, authenticating: aad).combined
        else { return Self.failed(400, "failed to base64-decode plaintext") }
        let text = "vault:v\(key.latest):\(sealed.base64EncodedString())"
        return Self.answer(["ciphertext": text, "key_version": Int(key.latest)])
    }

    private func decrypt(_ name: String, _ body: [String: Any]) -> LoopbackService.Answer {
        guard let key = state.withLock({ $0.keys[name] }) else { return Self.failed(400, "encryption key not found") }
        let parts = (body["ciphertext"] as? String ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "vault", parts[1].first == "v", let version = UInt32(parts[1].dropFirst()) else {
            return Self.failed(400, "invalid ciphertext: no prefix")
        }
        guard version >= key.leastDecryption else {
            return Self.failed(400, "ciphertext or signature version is disallowed by policy (too old)")
        }
        guard let root = key.versions[version] else { return Self.failed(400, "invalid ciphertext: version is too new") }
        guard let sealed = Data(base64Encoded: String(parts[2])), let aad = Self.bytes(body["associated_data"] ?? "") else {
            return Self.failed(400, "invalid ciphertext: could not decode base64")
        }
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
              let plaintext = try? AES.GCM.open(box, using: root, authenticating: aad)
        else { return Self.failed(400, "cipher: message authentication failed") }
        return Self.answer(["plaintext": plaintext.base64EncodedString()])
    }

    private static func bytes(_ value: Any?) -> Data? { (value as? String).flatMap { Data(base64Encoded: $0) } }

    private static func answer(_ data: [String: Any]) -> LoopbackService.Answer {
        let body = (try? JSONSerialization.data(withJSONObject: ["data": data])) ?? Data()
        return .init(status: 200, body: Array(body))
    }

    private static func failed(_ status: Int, _ words: String?) -> LoopbackService.Answer {
        let body = (try? JSONSerialization.data(withJSONObject: ["errors": words.map { [$0] } ?? []])) ?? Data()
        return .init(status: status, body: Array(body))
    }
}
