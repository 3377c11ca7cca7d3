internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import WardKeys

/// The few actions of AWS KMS that a root key needs. Source: AWS KMS API reference, 2014-11-01.
struct AWSKMSClient: Sendable {
    private let base: String
    private let host: String
    private let http: KeyServiceHTTP
    private let signer: SignatureV4
    private let source: AWSCredentialSource
    private let now: @Sendable () -> Int64

    init(
        _ settings: AWSKMSSettings, retries: KeyServiceHTTP.Retries, metadata: InstanceMetadata,
        now: @escaping @Sendable () -> Int64
    ) throws(KeyError) {
        let isRegionGood = !settings.region.isEmpty
            && settings.region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard isRegionGood else { throw KeyError(.settings, "AWS KMS: a region such as eu-central-1 is expected") }
        base = try KeyServiceHTTP.base(
            settings.endpoint ?? "https://kms.\(settings.region).amazonaws.com", of: "AWS KMS")
        let parsed = URLComponents(string: base)
        host = (parsed?.host ?? "") + (parsed?.port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
        http = KeyServiceHTTP(service: "AWS KMS", authorityFile: settings.authorityFile, retries: retries)
        signer = SignatureV4(region: settings.region, service: "kms")
        source = AWSCredentialSource(settings.credentials, metadata: metadata, now: now)
        self.now = now
    }

    /// Does an action.
    /// - Throws: `KeyError`: `.authentication` (another context, changed bytes), `.unknownKey`, `.permissions` (the
    ///   credentials may not), `.unavailable`.
    func call<Body: Encodable & Sendable, Value: Decodable>(
        _ action: String, _ body: Body, giving: Value.Type = Value.self
    ) async throws(KeyError) -> Value {
        var payload: [UInt8]
        do {
            var encoded = try JSONEncoder().encode(body)
            payload = Array(encoded)
            encoded.wipe()
        } catch {
            throw KeyError(.settings, "AWS KMS \(action)")
        }
        defer { payload.wipe() }
        var answer = try await http.send(isBusy: Self.isBusy) { () throws(KeyError) in
            try await request(action, payload)
        }
        defer { answer.body.wipe() }
        guard answer.isSuccess else {
            let code = Self.errorName(answer)
            if code.contains("ExpiredToken") || code.contains("UnrecognizedClient") { source.forget() }
            throw KeyError(Self.kind(of: code), "AWS KMS \(action): \(code.prefix(60)) (status \(answer.status))")
        }
        guard let value = answer.body.decoded(as: Value.self) else {
            throw KeyError(.unavailable, "AWS KMS \(action): an answer of another form")
        }
        return value
    }

    private func request(_ action: String, _ payload: [UInt8]) async throws(KeyError) -> HTTPClientRequest {
        let headers = [
            (name: "content-type", value: "application/x-amz-json-1.1"), (name: "host", value: host),
            (name: "x-amz-target", value: "TrentService.\(action)"),
        ]
        let authorising = signer.authorising(
            method: "POST", headers: headers, body: payload, credentials: try await source.credentials(), now: now())
        var request = HTTPClientRequest(url: base + "/")
        request.method = .POST
        for header in headers + authorising { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: payload))
        return request
    }

    private struct Failure: Decodable {
        var __type: String?
    }

    /// The error's name, such as `NotFoundException`: letters only, so that nothing else can reach a log.
    private static func errorName(_ answer: KeyServiceHTTP.Answer) -> String {
        let type = answer.body.decoded(as: Failure.self)?.__type ?? ""
        let name = String(type.split(separator: "#").last ?? "").prefix { $0.isASCII && $0.isLetter }
        return name.isEmpty ? "refused" : String(name)
    }

    private static func isBusy(_ answer: KeyServiceHTTP.Answer) -> Bool {
        let name = answer.status == 400 ? errorName(answer) : ""
        return ["ThrottlingException", "LimitExceededException", "RequestThrottled", "TooManyRequestsException"].contains(name)
    }

    private static func kind(of name: String) -> KeyError.Code {
        switch name {
        case "InvalidCiphertextException": .authentication
        case "NotFoundException", "IncorrectKeyException": .unknownKey
        case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException",
            "MissingAuthenticationTokenException", "InvalidClientTokenId", "InvalidClientTokenIdException":
            .permissions
        case "ValidationException", "InvalidArnException", "InvalidKeyUsageException": .settings
        default: .unavailable
        }
    }
}
