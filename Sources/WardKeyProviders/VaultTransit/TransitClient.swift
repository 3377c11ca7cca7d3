internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import WardKeys

/// The paths of the transit engine that a root key needs. Source: OpenBao, "Transit secrets engine (API)".
struct TransitClient: Sendable {
    private let settings: TransitSettings
    private let base: String
    private let http: KeyServiceHTTP

    init(_ settings: TransitSettings, retries: KeyServiceHTTP.Retries) throws(KeyError) {
        let names = settings.mount.split(separator: "/", omittingEmptySubsequences: false) + [settings.key[...]]
        guard names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isNameByte) }) else {
            throw KeyError(.settings, "transit: mount and key are expected as letters, digits, - and _")
        }
        self.settings = settings
        base = try KeyServiceHTTP.base(settings.address, of: "transit") + "/v1/\(settings.mount)"
        http = KeyServiceHTTP(service: "transit", authorityFile: settings.authorityFile, retries: retries)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
    }

    /// The body of a path that has none.
    struct Nothing: Codable, Sendable {}

    /// What an answer holds.
    private struct Envelope<Value: Decodable>: Decodable {
        var data: Value
    }

    /// Reads a path.
    func read<Value: Decodable>(_ path: String, giving: Value.Type = Value.self) async throws(KeyError) -> Value {
        try Self.value(try await answer(.GET, path, nil))
    }

    /// Writes to a path and reads what it answers.
    func write<Value: Decodable>(
        _ path: String, _ body: some Encodable & Sendable, giving: Value.Type = Value.self
    ) async throws(KeyError) -> Value {
        var encoded = try Self.encoded(body)
        defer { encoded.wipe() }
        return try Self.value(try await answer(.POST, path, encoded))
    }

    /// Writes to a path whose answer does not matter.
    func write(_ path: String, _ body: some Encodable & Sendable) async throws(KeyError) {
        var encoded = try Self.encoded(body)
        defer { encoded.wipe() }
        _ = try await answer(.POST, path, encoded)
    }

    private static func encoded(_ body: some Encodable) throws(KeyError) -> Data {
        do {
            return try JSONEncoder().encode(body)
        } catch {
            throw KeyError(.settings, "transit")
        }
    }

    private static func value<Value: Decodable>(_ answer: consuming KeyServiceHTTP.Answer) throws(KeyError) -> Value {
        defer { answer.body.wipe() }
        guard let envelope = answer.body.decoded(as: Envelope<Value>.self) else {
            throw KeyError(.unavailable, "transit: an answer of another form")
        }
        return envelope.data
    }

    private func answer(_ method: HTTPMethod, _ path: String, _ body: Data?) async throws(KeyError) -> KeyServiceHTTP.Answer {
        let answer = try await http.send { () throws(KeyError) in
            var token = try SecretFile(settings.tokenFile).read()
            defer { token.wipe() }
            while token.last == UInt8(ascii: "\n") || token.last == UInt8(ascii: "\r") { token.removeLast() }
            var request = HTTPClientRequest(url: "\(base)/\(path)")
            request.method = method
            request.headers.add(name: "x-vault-token", value: String(decoding: token, as: UTF8.self))
            request.headers.add(name: "x-vault-request", value: "true")
            if let namespace = settings.namespace { request.headers.add(name: "x-vault-namespace", value: namespace) }
            if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
            return request
        }
        guard !answer.isSuccess else { return answer }
        throw KeyError(Self.kind(of: answer), "transit \(path.prefix { $0 != "/" }): refused (status \(answer.status))")
    }

    private struct Failure: Decodable {
        var errors: [String]?
    }

    private static func kind(of answer: KeyServiceHTTP.Answer) -> KeyError.Code {
        let words = answer.body.decoded(as: Failure.self)?.errors?.joined(separator: " ").lowercased() ?? ""
        switch answer.status {
        case 403: return .permissions
        case 404: return .unknownKey
        case 400 where words.contains("too old") || words.contains("key not found"): return .unknownKey
        case 400: return .authentication
        default: return .unavailable
        }
    }
}
