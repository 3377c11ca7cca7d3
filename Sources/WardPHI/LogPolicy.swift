/// Decides what of a log event may be written: the labels whose words are trusted, and the metadata keys that are
/// allowed.
///
/// A trusted label is Ward's own code, whose messages are fixed text. Every other library's event is reduced to its
/// label and level (and the kind of its error), because such libraries print URLs, SQL and values.
public struct LogPolicy: Sendable {
    /// Labels with one of these prefixes are trusted: `ward` trusts `ward` and `ward.http`, not `warden`.
    public var trustedLabels: [String]
    /// Metadata keys that may be written; every other key is dropped, name and value.
    public let allowedKeys: Set<String>
    /// The longest value in bytes; the rest is cut off.
    public var maximumValueBytes: Int
    /// The longest message in bytes; the rest is cut off.
    public var maximumMessageBytes: Int
    /// The longest line in bytes, its end included; fields that do not fit are left out, and `truncated` says so.
    public var maximumLineBytes: Int
    /// The allowed keys in the order in which they are written, and the place of each in it.
    private let names: [[UInt8]]
    private let ranks: [String: Int]

    /// A policy. `allowedKeys` names references and measures, never contents.
    public init(
        trustedLabels: [String] = ["ward"],
        allowedKeys: Set<String> = LogPolicy.standardKeys,
        maximumValueBytes: Int = 160,
        maximumMessageBytes: Int = 240,
        maximumLineBytes: Int = 2_048
    ) {
        self.trustedLabels = trustedLabels
        self.allowedKeys = allowedKeys
        self.maximumValueBytes = maximumValueBytes
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumLineBytes = max(256, maximumLineBytes)
        let ordered = allowedKeys.sorted { ($0 == "request_id" ? 0 : 1, $0) < ($1 == "request_id" ? 0 : 1, $1) }
        names = ordered.map { Array($0.utf8) }
        ranks = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
    }

    /// The place of a key among those that may be written; nil where it may not.
    func rank(of key: String) -> Int? { ranks[key] }

    /// The key at a place.
    func name(at rank: Int) -> [UInt8] { names[rank] }

    /// The policy of a Ward server.
    public static let standard = LogPolicy()

    /// The keys that Ward's own modules use.
    public static let standardKeys: Set<String> = [
        "request_id", "method", "route", "status", "duration_us", "bytes_in", "bytes_out", "error", "code", "count",
        "limit", "host", "port", "path_in_home", "certificate", "expires", "fingerprint", "version", "environment",
        "key_version", "sequence", "tree_size", "service", "check", "reason", "signal", "seconds", "pid", "setting",
        "interaction", "state", "to",
    ]

    /// Whether messages and metadata of `label` may be written.
    public func trusts(_ label: String) -> Bool {
        trustedLabels.contains { trusted in
            label == trusted || (label.hasPrefix(trusted) && label.utf8.dropFirst(trusted.utf8.count).first == 0x2E)
        }
    }
}
