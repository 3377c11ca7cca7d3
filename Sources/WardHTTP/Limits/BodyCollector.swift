internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// Reads bodies whole, within the bound of one request and the bound of all together.
struct BodyCollector: Sendable {
    private let limit: Int
    private let inFlight: RequestGate
    /// Bodies up to this size do not count against the bound of all.
    private static let small = 64 << 10

    init(limit: Int, inFlight: RequestGate) {
        self.limit = limit
        self.inFlight = inFlight
    }

    /// The body, whole, and a lease that must live as long as the bytes are needed.
    ///
    /// Throws ``EdgeError/bodyTooLarge``, ``EdgeError/busy`` or ``EdgeError/brokenBody``. A body that is declared
    /// too large is not read at all.
    func collect(
        _ request: Request, on channel: any Channel, trace: RequestTrace, limit own: Int? = nil
    ) async throws(EdgeError) -> (bytes: [UInt8], lease: BodyLease?) {
        let limit = min(own ?? limit, limit)
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limit { throw .bodyTooLarge }
        if request.headers.contains(.contentEncoding), request.headers[.contentEncoding] != "identity" {
            throw .encodedBody
        }
        if let expect = request.headers[.expect], expect.lowercased() == "100-continue" {
            channel.writeAndFlush(HTTPResponsePart.head(.init(status: .continue)), promise: nil)
        }
        var bytes: [UInt8] = []
        var lease: BodyLease?
        do {
            for try await buffer in request.body {
                let total = bytes.count + buffer.readableBytes
                if total > limit { throw EdgeError.bodyTooLarge }
                if total > Self.small {
                    let held = lease ?? BodyLease(inFlight)
                    lease = held
                    guard held.grow(to: total) else { throw EdgeError.busy }
                }
                if bytes.isEmpty, let declared { bytes.reserveCapacity(min(declared, 1 << 20)) }
                bytes.append(contentsOf: buffer.readableBytesView)
            }
        } catch let error as EdgeError {
            throw error
        } catch {
            throw .brokenBody
        }
        trace.bytesReceived = bytes.count
        if let declared, declared != bytes.count { throw .brokenBody }
        return (bytes, lease)
    }
}

/// A share of the bytes that bodies may hold together, given back when it goes.
final class BodyLease: Sendable {
    private let gate: RequestGate
    private let held: RequestGate

    init(_ gate: RequestGate) {
        self.gate = gate
        held = RequestGate(limit: .max)
    }

    /// Makes the share `total` bytes, or returns false where there is no room.
    func grow(to total: Int) -> Bool {
        let more = total - held.count
        guard more > 0 else { return true }
        guard gate.enter(more) else { return false }
        return held.enter(more)
    }

    deinit { gate.leave(held.count) }
}
