/// How a log line is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// Time, level, label and message, then `key=value` pairs.
    case text
}
