public import WardAudit

/// Writes entries of the log as lines of NDJSON: the FHIR AuditEvents that the server gives.
public struct AuditEventLines: Sendable {
    private let isDevelopment: Bool

    /// - Parameter isDevelopment: whether they are tagged as what is not production.
    public init(isDevelopment: Bool) {
        self.isDevelopment = isDevelopment
    }

    /// An entry, with the line end.
    public func line(_ entry: LogEntry) -> [UInt8] {
        var writer = AuditEventWriter(entry, isDevelopment: isDevelopment)
        return writer.serialized() + [UInt8(ascii: "\n")]
    }
}
