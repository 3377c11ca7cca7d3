internal import WardDatabase

/// Sends the log to a receiver of syslog messages, each entry once.
///
/// One delivery is one TLS connection: messages, then the closure alert. RFC 5425 has no acknowledgement, but TLS has
/// an orderly end: the receiver answers the closure alert after it has read everything before it. Only then the mark
/// moves on. What was not confirmed is sent again; its sequence number lets the receiver drop what it has already.
/// Only entries that lead to a signed root are sent.
public struct SyslogDelivery: LogDelivery {
    /// Sends framed messages over a connection of their own; returns when the receiver confirmed that it read all.
    public typealias Send = @Sendable (_ frames: [UInt8]) async throws -> Void

    public let name = "syslog"
    private let log: SealedLog
    private let format: SyslogFormat
    private let mark: DeliveryMarkFile
    private let send: Send

    /// Entries of one connection.
    static let batch = 2_000
    /// About how many bytes of messages one connection takes.
    static let batchBytes = 2 << 20

    /// A delivery.
    /// - Parameter mark: where it is kept how far the receiver is.
    public init(of log: SealedLog, as format: SyslogFormat, mark: DeliveryMarkFile, send: @escaping Send) {
        self.log = log
        self.format = format
        self.mark = mark
        self.send = send
    }

    public func position() async throws -> Int64 { try mark.read().position }

    public func step(everything: Bool) async throws -> Bool {
        let known = try mark.read()
        try await known.check(log.store)
        var frames: [UInt8] = []
        var next = known
        var count = 0
        let end = try await log.signedEnd()
        try await log.scan(known.position..<end) { entry in
            frames += format.frame(entry)
            next = DeliveryMark(position: entry.position + 1, event: entry.header.eventID)
            count += 1
            return count < Self.batch && frames.count < Self.batchBytes
        }
        guard count > 0 else { return false }
        try await send(frames)
        try mark.write(next)
        return next.position < end
    }
}
