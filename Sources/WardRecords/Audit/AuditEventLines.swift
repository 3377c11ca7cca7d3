public import WardAudit

/// Writes entries of the log as lines of NDJSON: the FHIR AuditEvents that the server gives.
public struct AuditEventLines: Sendable {
    private let baseURL: String
    private let isDevelopment: Bool

    /// - Parameter baseURL: of the FHIR service, such as `https://ward.example.org/fhir`.
    public init(baseURL: String, isDevelopment: Bool) {
        self.baseURL = baseURL
        self.isDevelopment = isDevelopment
    }

    /// An entry, with the line end.
    public func line(_ entry: LogEntry) -> [UInt8] {
        var writer = AuditEventWriter(entry, baseURL: baseURL, isDevelopment: isDevelopment)
        return writer.serialized() + [UInt8(ascii: "\n")]
    }
}
