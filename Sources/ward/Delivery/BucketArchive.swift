internal import NIOSSL
internal import WardAudit
internal import WardDatabase
internal import WardKeyProviders
internal import WardKeys

/// Segments in a bucket with object lock.
struct BucketArchive: SegmentArchive {
    let kind = "s3"
    private let bucket: LockedBucket

    /// - Throws: ``ConfigurationError`` that names what is missing.
    init(_ configuration: WardConfiguration) throws {
        guard let name = configuration.text("audit.ship.s3.bucket"), let region = configuration.text("audit.ship.s3.region") else {
            throw ConfigurationError("audit.ship.s3.bucket and audit.ship.s3.region must both be set")
        }
        let authority = configuration.text("audit.ship.s3.ca_file")
        if let authority, (try? NIOSSLCertificate.fromPEMFile(authority))?.isEmpty ?? true {
            throw ConfigurationError("audit.ship.s3.ca_file: there is no such file, or it is not PEM")
        }
        let clock = SystemWallClock()
        bucket = try Self.told { () throws(KeyError) in
            try LockedBucket(
                LockedBucket.Settings(
                    region: region, bucket: name, prefix: configuration.text("audit.ship.s3.prefix") ?? "",
                    endpoint: configuration.text("audit.ship.s3.endpoint"),
                    authorityFile: authority,
                    credentials: configuration.text("audit.ship.s3.credentials_file").map { .file($0) } ?? .instance),
                now: { clock.now() })
        }
    }

    func probe() async throws { try await Self.told { () async throws(KeyError) in try await bucket.probe() } }

    func put(_ bytes: [UInt8], as name: String, until: Int64) async throws -> Bool {
        try await Self.told { () async throws(KeyError) in try await bucket.put(bytes, as: name, until: until) }
    }

    func get(_ name: String) async throws -> [UInt8]? {
        try await Self.told { () async throws(KeyError) in try await bucket.get(name) }
    }

    func names() async throws -> [String] {
        try await Self.told { () async throws(KeyError) in try await bucket.names() }
    }

    private static func told<Value>(_ body: () async throws(KeyError) -> Value) async throws(AuditError) -> Value {
        do { return try await body() } catch { throw AuditError(.unavailable, error.context) }
    }

    private static func told<Value>(_ body: () throws(KeyError) -> Value) throws(AuditError) -> Value {
        do { return try body() } catch { throw AuditError(.unavailable, error.context) }
    }
}
