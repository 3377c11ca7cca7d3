/// What extraction and parsing need to know of the place and time.
public struct SearchContext: Sendable {
    /// The server's own FHIR base without a slash at its end, such as `https://host/fhir`: URLs below it count as
    /// relative. Nil: none do.
    ///
    /// What was read under a base is read under the same one when it is read again: ``FilterRecord/base(of:)`` tells
    /// it.
    public var baseURL: String?
    /// Microseconds since 1970-01-01T00:00:00Z, for the prefix `ap`.
    public var now: Int64

    /// A context; see the properties.
    public init(baseURL: String?, now: Int64) {
        self.baseURL = baseURL
        self.now = now
    }
}
