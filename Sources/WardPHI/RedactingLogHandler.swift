public import Logging

/// A swift-log handler that writes only what its ``LogPolicy`` allows: one line an event, to standard error by default.
///
/// Guarantees, whatever the caller logs: the message of an untrusted label never appears; metadata appears only under
/// allowed keys; an error appears as its type and code; a line is bounded, printable ASCII, and written whole.
///
/// ```swift
/// LoggingSystem.bootstrap { RedactingLogHandler(label: $0, format: .json) }
/// ```
public struct RedactingLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let label: String
    private let trusted: Bool
    private let format: LogFormat
    private let policy: LogPolicy
    private let sink: any LogSink
    private let now: @Sendable () -> Int64

    /// A handler for `label`. `now` gives microseconds since 1970-01-01T00:00:00Z.
    public init(
        label: String,
        format: LogFormat = .json,
        level: Logger.Level = .info,
        policy: LogPolicy = .standard,
        sink: any LogSink = RedactingLogHandler.standardError,
        now: @escaping @Sendable () -> Int64 = { Timestamp.now() }
    ) {
        self.label = label
        self.format = format
        self.logLevel = level
        self.policy = policy
        self.sink = sink
        self.now = now
        self.trusted = policy.trusts(label)
    }

    /// Standard error, shared by every handler so that lines do not mix.
    public static let standardError = FileDescriptorLogSink(descriptor: 2)

    /// Metadata of the logger itself, under the same policy as that of an event.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = LogLine(format: format, limit: policy.maximumLineBytes)
        line.field("time", Timestamp.text(now()), maximumBytes: 32, bare: true)
        line.field("level", event.level.rawValue, maximumBytes: 16, bare: true)
        line.field("label", label, maximumBytes: 64, bare: true)
        if trusted {
            line.field("message", event.message.description, maximumBytes: policy.maximumMessageBytes)
        }
        if let error = event.error {
            line.field("error", Redaction.kind(of: error), maximumBytes: policy.maximumValueBytes)
        }
        if trusted { append(event.metadata, to: &line) }
        sink.write(line.finished())
    }

    /// Allowed metadata in the order of keys, `request_id` first; the event's own wins over the provider's, which
    /// wins over the handler's.
    private func append(_ own: Logger.Metadata?, to line: inout LogLine) {
        var all = own ?? [:]
        if let provided = metadataProvider?.get() { all.merge(provided) { own, _ in own } }
        if !metadata.isEmpty { all.merge(metadata) { own, _ in own } }
        var fields: [(rank: Int, value: Logger.MetadataValue)] = []
        fields.reserveCapacity(all.count)
        for (name, value) in all { if let rank = policy.rank(of: name) { fields.append((rank, value)) } }
        fields.sort { $0.rank < $1.rank }
        for field in fields {
            guard let text = Self.text(of: field.value) else { continue }
            line.field(policy.name(at: field.rank), text, maximumBytes: policy.maximumValueBytes)
        }
    }

    /// Strings and numbers are written; errors by their kind; nested values and other objects are not.
    private static func text(of value: Logger.MetadataValue) -> String? {
        switch value {
        case .string(let text): text
        case .stringConvertible(let object):
            switch object {
            case let error as any Error: Redaction.kind(of: error)
            case let number as any BinaryInteger: "\(number)"
            case let number as any BinaryFloatingPoint: "\(number)"
            case let flag as Bool: flag ? "true" : "false"
            case let text as String: text
            case let text as Substring: String(text)
            default: Redaction.mark
            }
        case .array, .dictionary: nil
        }
    }
}
