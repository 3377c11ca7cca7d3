internal import WardDatabase

/// Writes a part of the log for other programs, entry by entry, each proved under the signed root.
public struct LogExport: Sendable {
    private let log: SealedLog

    /// An export of a log.
    public init(of log: SealedLog) {
        self.log = log
    }

    /// Forms that this module writes by itself.
    public enum Form: Sendable {
        /// A table for people (RFC 4180).
        case csv
        /// One OCSF event a line.
        case ocsf
    }

    /// What was written.
    public struct Summary: Sendable, Codable, Equatable {
        public var entries: Int64
        /// The first and the last entry; nil where there was none.
        public var first: Int64?
        public var last: Int64?
        /// Entries at the end that no checkpoint signs yet.
        public var unsigned: Int64
    }

    /// Writes a range of positions in one of the forms.
    /// - Throws: what `write` throws; ``AuditError`` with `.tampered` where an entry does not lead to the signed root.
    public func write(
        _ range: Range<Int64>, as form: Form, to write: @escaping ([UInt8]) throws -> Void
    ) async throws -> Summary {
        let name = log.name
        if case .csv = form { try write(Array(AuditTable.heading.utf8)) }
        return try await self.write(range, to: write) { entry in
            switch form {
            case .csv: Array(AuditTable.row(AuditLine(entry.position, entry.header, entry.event)).utf8)
            case .ocsf: AuditJSON.bytes(OCSFEvent(entry, log: name)) + [UInt8(ascii: "\n")]
            }
        }
    }

    /// Writes a range of positions as `rendering` gives each entry.
    /// - Throws: as ``write(_:as:to:)``.
    public func write(
        _ range: Range<Int64>, to write: ([UInt8]) throws -> Void, as rendering: (LogEntry) throws -> [UInt8]
    ) async throws -> Summary {
        var summary = Summary(entries: 0, first: nil, last: nil, unsigned: 0)
        let end = min(range.upperBound, try await log.store.state().nextPosition)
        guard range.lowerBound < end else { return summary }
        summary.unsigned = try await log.scan(range.lowerBound..<end) { entry in
            try write(try rendering(entry))
            summary.entries += 1
            summary.first = summary.first ?? entry.position
            summary.last = entry.position
            return true
        }
        return summary
    }
}
