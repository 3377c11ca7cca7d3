internal import Logging
public import ServiceLifecycle
internal import Synchronization
internal import WardDatabase

/// Brings the newest checkpoint of the log to a witness, and keeps what it cosigned.
///
/// A witness that holds a larger tree, or another tree of the same size, means that this log was set back or shows two
/// faces: that, and a witness that does not answer, is told once in the log and in the application log, and told
/// again when it is over.
public final class WitnessLink: Service {
    /// Sends a request body; gives the HTTP status and the body of the answer.
    public typealias Send = @Sendable ([UInt8]) async throws -> (status: Int, body: [UInt8])

    private let log: AuditLog
    private let key: WitnessKey
    private let file: AnchorFile
    private let interval: Duration
    private let send: Send
    private let trouble = Mutex<String?>(nil)

    /// A link.
    /// - Parameters:
    ///   - file: where the newest checkpoint with its cosignature is kept.
    ///   - interval: the time between two submissions.
    public init(
        log: AuditLog, witness key: WitnessKey, file: AnchorFile, interval: Duration = .seconds(10),
        send: @escaping Send
    ) {
        self.log = log
        self.key = key
        self.file = file
        self.interval = interval
        self.send = send
    }

    /// How a submission ended.
    public enum Outcome: Sendable, Equatable {
        /// The newest checkpoint carries the witness's cosignature; the size of the tree.
        case cosigned(Int64)
        /// There is no checkpoint yet.
        case nothing
        /// The witness did not answer, or answered what the protocol does not know.
        case unreachable
        /// The witness answered that it cannot cosign now: something is wrong there.
        case failing
        /// The witness holds more than this log has, or something else: the log was set back or forked.
        case contradicted
        /// The witness does not trust this log's key, or does not know the log.
        case refused
    }

    /// Submits now and then until it is told to stop, and once more at the end.
    public func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: self.interval) }
            await report(await submit())
        }
    }

    /// Submits what was signed last when everything else has ended, unless the witness is known not to take it.
    public func finish() async {
        if trouble.withLock({ $0 == nil }) { _ = await submit() }
    }

    /// Submits the newest checkpoint.
    public func submit() async -> Outcome {
        do {
            guard let book = try await log.store.state().books.last,
                  let stored = try await log.store.head(of: book.year) else { return .nothing }
            let head = try SignedCheckpoint(parsing: stored.note)
            let known = try file.read().flatMap {
                $0.checkpoint.origin == head.checkpoint.origin && $0.cosignature(by: key) != nil ? $0 : nil
            }
            if let known, known.checkpoint == head.checkpoint { return .cosigned(stored.size) }
            var from = known?.checkpoint.size ?? 0
            for _ in 0..<2 {
                guard from <= stored.size else { return .contradicted }
                let answer = try await send(try await request(head, from: from, year: book.year).bytes)
                switch answer.status {
                case 200: return try keep(head, cosignedBy: answer.body)
                case 409:
                    let text = String(decoding: answer.body, as: UTF8.self)
                    guard text.hasSuffix("\n"), let size = Int64(text.dropLast()) else { return .unreachable }
                    if size == from { return .contradicted }
                    from = size
                case 422: return .contradicted
                case 403, 404: return .refused
                case 500...599: return .failing
                default: return .unreachable
                }
            }
            return .unreachable
        } catch {
            return .unreachable
        }
    }

    private func request(_ head: SignedCheckpoint, from: Int64, year: Int) async throws -> WitnessRequest {
        let reader = TileReader(store: log.store, year: year)
        let size = head.checkpoint.size
        let proof = from == 0 || from == size ? [] : try await reader.consistencyProof(first: from, second: size)
        return WitnessRequest(oldSize: from, proof: proof, checkpoint: head)
    }

    /// Takes over only a line that holds, and only of the witness that is trusted.
    private func keep(_ head: SignedCheckpoint, cosignedBy lines: [UInt8]) throws(AuditError) -> Outcome {
        guard let answered = try? head.adding(lines), let cosignature = answered.cosignature(by: key) else {
            return .unreachable
        }
        try file.write(try head.adding(Array(cosignature.line(of: key).utf8)))
        return .cosigned(head.checkpoint.size)
    }

    private func report(_ outcome: Outcome) async {
        let now: String? =
            switch outcome {
            case .cosigned, .nothing: nil
            case .unreachable: "unreachable"
            case .failing: "failing"
            case .contradicted: "contradicted"
            case .refused: "refused"
            }
        let before = trouble.withLock { trouble in
            defer { trouble = now }
            return trouble
        }
        guard now != before else { return }
        var event = AuditEvent(.witness, by: .system(), details: [.init("witness", key.name)])
        if let now {
            log.logger.error("the witness of the audit log does not vouch for it", metadata: ["reason": "\(now)"])
            event = event.ended(now == "contradicted" ? .majorFailure : .seriousFailure, reason: now)
        } else {
            log.logger.notice("the witness of the audit log vouches for it again")
        }
        try? await log.record(event)
    }
}
