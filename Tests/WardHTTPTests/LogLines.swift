import Logging
import Synchronization
import WardPHI

/// Keeps log lines in memory, as a Ward server would write them.
final class LogLines: LogSink {
    private let state = Mutex<[String]>([])

    func write(_ line: [UInt8]) { state.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }

    var lines: [String] { state.withLock { $0 } }
    var text: String { lines.joined() }

    func logger(_ label: String) -> Logger {
        Logger(label: label) { RedactingLogHandler(label: $0, format: .json, level: .trace, sink: self) }
    }
}
