internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
public import ServiceLifecycle
public import WardAudit

/// The HTTPS listener of a witness: `POST /add-checkpoint`, and `GET /<origin>/checkpoint` for who verifies a log.
///
/// It has the limits of the records' own listener, and knows no caller: what it answers rests on signatures.
///
/// Source: C2SP tlog-witness; the second path follows tlog-mirror's monitoring prefix, with the origin percent-encoded.
public struct WitnessServer: Service {
    private let server: WardServer
    private static let logger = Logger(label: "ward.witness")

    /// A server. `ready` is called once, when the port is bound.
    public init(
        witness: Witness, configuration: ServerConfiguration, certificates: CertificateStore,
        ready: @escaping @Sendable (WardServer.BoundAddress) async -> Void
    ) {
        let bodies = BodyCollector(
            limit: WitnessRequest.byteBound, inFlight: RequestGate(limit: 64 * WitnessRequest.byteBound))
        server = WardServer(
            configuration: configuration, certificates: certificates, ready: ready, bound: { _ in },
            respond: { request, channel in await Self.respond(request, channel, witness, bodies) })
    }

    public func run() async throws { try await server.run() }

    private static func respond(
        _ request: Request, _ channel: any Channel, _ witness: Witness, _ bodies: BodyCollector
    ) async -> Response {
        let path = request.head.path ?? ""
        if path == "/add-checkpoint" {
            guard request.method == .post else { return text(.methodNotAllowed, "add-checkpoint takes POST\n") }
            let trace = RequestTrace(id: "witness")
            guard let body = try? await bodies.collect(request, on: channel, trace: trace) else {
                return text(.contentTooLarge, "a request has at most \(WitnessRequest.byteBound) bytes\n")
            }
            defer { withExtendedLifetime(body.lease) {} }
            let answer = witness.add(body.bytes)
            if answer == .unavailable { logger.error("a file of the witness cannot be read or written; nothing is cosigned") }
            return Response(
                status: .init(code: answer.status), headers: [.contentType: answer.mediaType],
                body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard request.method == .get, parts.count == 3, parts[0].isEmpty, parts[2] == "checkpoint",
              let origin = PercentDecoding.decode(Array(parts[1].utf8), plusIsSpace: false) else {
            return text(.notFound, "a witness answers POST /add-checkpoint and GET /ORIGIN/checkpoint\n")
        }
        do {
            guard let note = try witness.newest(of: origin) else { return text(.notFound, "none is known here\n") }
            return text(.ok, String(decoding: note, as: UTF8.self))
        } catch {
            logger.error("a file of the witness cannot be read or written; nothing is cosigned")
            return text(.serviceUnavailable, "the checkpoint cannot be read now\n")
        }
    }

    private static func text(_ status: HTTPResponse.Status, _ words: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: words)))
    }
}
