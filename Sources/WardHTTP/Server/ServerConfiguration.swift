/// Everything about the listener that an operator may set. Every wait, size and number has a bound; the defaults
/// hold for a small house.
public struct ServerConfiguration: Sendable {
    /// Address to listen on: a name or an IP address.
    public var host = "127.0.0.1"
    /// Port to listen on; 0 picks a free one.
    public var port = 8443
    /// Name and port that clients use, such as `ward.example.org` or `ward.example.org:443`, for links; nil:
    /// `host:port` as bound.
    public var publicAuthority: String?
    /// Connections at a time; further ones wait in the kernel's queue.
    public var maximumConnections = 4_096
    /// Connections of one address at a time, an IPv6 network of 64 bits counting as one; further ones are closed before the handshake.
    public var maximumConnectionsPerAddress = 512
    /// Requests worked on at a time; further ones get 503 with `Retry-After`.
    public var maximumRequests = 1_024
    /// Body bytes of one request; more gets 413. The largest bundles of Synthea are tens of megabytes.
    public var maximumBodyBytes = 64 << 20
    /// Body bytes held for all requests together; more gets 503 with `Retry-After`.
    public var maximumBodyBytesInFlight = 256 << 20
    /// Bytes of the request target; more gets 414.
    public var maximumTargetBytes = 8 << 10
    /// Bytes of one header field.
    public var maximumHeaderFieldBytes = 16 << 10
    /// Bytes of all header fields together.
    public var maximumHeaderBytes = 32 << 10
    /// Number of header fields.
    public var maximumHeaderFields = 100
    /// Parameters of a query or a form; more gets 400.
    public var maximumQueryParameters = 256
    /// Time for the TLS handshake.
    public var handshakeTimeout = Duration.seconds(10)
    /// Time a connection may wait for its next request, or dawdle over a header.
    public var idleTimeout = Duration.seconds(60)
    /// Time from a request's header to its last body byte.
    public var requestTimeout = Duration.seconds(120)
    /// Time a client may refuse to take bytes of an answer.
    public var responseTimeout = Duration.seconds(60)
    /// Time that requests under way are given when the server stops; then their connections are closed.
    public var drainTimeout = Duration.seconds(20)
    /// Whether clients are asked for a certificate at the handshake. Whoever shows none is served all the same; tokens of
    /// clients that are registered for it are bound to theirs.
    public var asksForClientCertificates = false
    /// Whether `/metrics` answers without a credential. It tells nothing of patients, but much of the house.
    public var openMetrics = false
    /// Certificates, as SHA-256 of their DER, with which a monitoring system reads `/metrics` in place of a session. They are
    /// looked at only where clients are asked for one (``asksForClientCertificates``).
    public var metricsCertificates: Set<[UInt8]> = []
    /// Whether every request is logged; otherwise only those that end with 500 or above.
    public var logsRequests = true

    /// The defaults.
    public init() {}
}
