/// The answer of an interaction, before it becomes HTTP.
public struct FHIRResponse: Sendable {
    /// HTTP status.
    public var status: Int
    /// JSON, compact; empty where there is nothing to say.
    public var body: [UInt8]
    /// Version of the resource, for `ETag: W/"…"`.
    public var version: UInt64?
    /// Microseconds since 1970-01-01T00:00:00Z, for `Last-Modified`.
    public var updatedAt: Int64?
    /// Path below the base, such as `Patient/1/_history/1`, for `Location`.
    public var location: String?
    /// Seconds, for `Retry-After`.
    public var retryAfter: Int?
    /// The methods that are offered instead, for `Allow`.
    public var allow: [String] = []
    /// Whether parameters were passed over because the client asked for that, for `Preference-Applied`.
    public var isLenient = false

    /// An answer; see the properties.
    public init(
        status: Int, body: [UInt8] = [], version: UInt64? = nil, updatedAt: Int64? = nil, location: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.body = body
        self.version = version
        self.updatedAt = updatedAt
        self.location = location
        self.retryAfter = retryAfter
    }
}
