/// One key of `ward.yaml`: its name, what it means, and what it is when it is not set.
///
/// The list below is the whole configuration: a key that is not in it is an error that names it.
struct ConfigurationKey: Sendable {
    /// What a value must look like.
    enum Form: Sendable {
        case text
        case path
        case whole(ClosedRange<Int>)
        case choice([String])
        case flag

        /// Whether the value itself may stand where it is told that it changed.
        var isShown: Bool {
            switch self {
            case .whole, .choice, .flag: true
            case .text, .path: false
            }
        }
    }

    /// Dotted, as in `session.idle_minutes`.
    let name: String
    let form: Form
    /// The value where none is set; nil: there is none.
    let standard: String?
    let meaning: String

    /// Every key; those that the program itself keeps come last.
    static let all = written + keptForKeyServices

    /// The keys that people write.
    static let written: [ConfigurationKey] = [
        .init("environment", .choice(["development", "production"]), "production",
              "development stamps every resource HTEST (test health data) and needs no ceremony; the two never mix"),
        .init("server.host", .text, "127.0.0.1", "address to listen on"),
        .init("server.port", .whole(0...65_535), "8443", "TLS port to listen on; 0 takes a free one"),
        .init("server.public_authority", .text, nil, "name and port that clients use, such as ward.example.org, where it is not host:port"),
        .init("tls.certificate", .path, nil, "PEM file of the server's certificate chain; self-made in development where not set"),
        .init("tls.key", .path, nil, "PEM file of the certificate's private key"),
        .init("tls.client_certificates", .flag, "false",
              "whether clients are asked for a certificate, to which tokens of those that are registered so are bound; none is needed"),
        .init("metrics.certificates", .text, nil,
              "SHA-256 of the certificates of monitoring systems, which read /metrics without a session; needs tls.client_certificates"),
        .init("keys.provider", .choice(KeyServiceKind.allCases.map(\.rawValue)), "file", "the key service that holds the root key"),
        .init("keys.folder", .path, nil, "folder of the wrapped keys, absolute; DIR/keys where not set; on a volume of its own in production"),
        .init("keys.offline_seconds", .whole(1...86_400), "3600",
              "how long open keys serve while the key service does not answer; then requests get 503"),
        .init("keys.rotate_root_days", .whole(0...3_650), "0", "a root key that is so old is rotated by the server itself; 0: never"),
        .init("keys.rotate_kek_days", .whole(0...3_650), "0", "the same for key-encryption keys"),
        .init("keys.rotate_dek_days", .whole(0...3_650), "0", "the same for data keys, counted from their last rotation"),
        .init("keys.rotate_token_days", .whole(0...3_650), "0", "the same for the key that signs tokens"),
        .init("keys.rotate_index_days", .whole(0...3_650), "0", "the same for the index key: the index is made anew online"),
        .init("keys.rotate_log_days", .whole(0...3_650), "0", "the same for the key that signs the audit log"),
        .init("keys.root_file", .text, "root.key", "name of the file in the keys folder that holds the root key, for keys.provider file"),
        .init("keys.passphrase_file", .path, nil, "file that holds the passphrase of a file keyring; never the passphrase itself"),
        .init("keys.pkcs11.module", .path, nil, "library of the PKCS #11 module, such as /usr/lib/softhsm/libsofthsm2.so"),
        .init("keys.pkcs11.token", .text, nil, "label of the token"),
        .init("keys.pkcs11.key", .text, "ward-root", "label of the root key in the token"),
        .init("keys.pkcs11.pin_file", .path, nil, "file that holds the token's user PIN"),
        .init("keys.awskms.region", .text, nil, "AWS region of the key, such as eu-central-1"),
        .init("keys.awskms.key", .text, nil, "id, ARN or alias of the root key in AWS KMS"),
        .init("keys.awskms.endpoint", .text, nil, "https address of the service, where it is not that of the region"),
        .init("keys.awskms.ca_file", .path, nil, "PEM file of the authority of the service's certificate; the system's where not set"),
        .init("keys.awskms.credentials_file", .path, nil, "credentials, profile default; the role of the instance where not set"),
        .init("keys.transit.address", .text, nil, "https address of the Vault or OpenBao server"),
        .init("keys.transit.mount", .text, "transit", "where the transit engine is mounted"),
        .init("keys.transit.key", .text, "ward-root", "name of the root key in the transit engine"),
        .init("keys.transit.token_file", .path, nil, "file that holds the token for the server"),
        .init("keys.transit.namespace", .text, nil, "namespace of the server, where it has any"),
        .init("keys.transit.ca_file", .path, nil, "PEM file of the authority of the server's certificate; the system's where not set"),
        .init("index.parameters", .text, nil,
              "changes of what the index holds, such as +value-quantity,-address-city,name:contains; in force after ward index rebuild"),
        .init("index.partitions", .whole(1...64), "4",
              "in how many parts tokens of patients are split; more hide more and cost more lookups; in force after ward index rebuild"),
        .init("index.rebuild_per_second", .whole(0...1_000_000), "5000",
              "records a second at most while the index is made anew beside requests; 0: as fast as it goes"),
        .init("verify.every_days", .whole(0...365), "7", "the server verifies all records in the background so often; 0: only when asked"),
        .init("verify.per_second", .whole(0...1_000_000), "500", "versions a second that it opens at most; 0: as fast as it goes"),
        .init("password.profile", .choice(["guide", "nist"]), "guide",
              "guide: 12 characters of three classes, or 20; nist: 15 characters, no rule of composition"),
        .init("password.service", .text, "Ward", "what the service is called; passwords must not be built on it"),
        .init("session.idle_minutes", .whole(15...30), "15", "a session ends after so many minutes without a request"),
        .init("session.absolute_hours", .whole(1...12), "12", "a session ends after so many hours, used or not"),
        .init("limits.body_mebibytes", .whole(1...256), "64", "largest request body"),
        .init("limits.bundle_entries", .whole(1...50_000), "10000", "most entries of a batch or transaction"),
        .init("limits.page_size", .whole(1...1_000), "1000", "largest _count; more is cut to it"),
        .init("limits.connections", .whole(1...100_000), "1024", "connections open at once"),
        .init("limits.connections_per_address", .whole(1...100_000), "512",
              "connections open at once from one address, or one IPv6 network of 64 bits; "
                + "further ones are closed at once. More where a proxy stands before the server"),
        .init("limits.requests", .whole(1...100_000), "512", "requests worked on at once; more are answered 503"),
        .init("limits.request_seconds", .whole(1...600), "60", "longest time of one request"),
        .init("passkeys.required_roles", .text, nil, "roles of which a passkey is demanded, such as administrator,clinician; none where not set"),
        .init("passkeys.makers", .path, nil,
              "PEM file of authorities of makers: a passkey must come with a packed attestation of one; any maker where not set"),
        .init("oidc.issuer", .text, nil, "https address of the organisation's OpenID Connect provider; people sign in here alone where not set"),
        .init("oidc.client_id", .text, nil, "what this server is called at the provider"),
        .init("oidc.client_secret_file", .path, nil,
              "file that holds the secret shared with the provider; without it this server signs with its own key (private_key_jwt, /auth/jwks)"),
        .init("oidc.label", .text, "your organisation", "what people know the provider by, on the page for signing in"),
        .init("oidc.ca_file", .path, nil, "PEM file of the authority of the provider's certificate; the system's where not set"),
        .init("oidc.mfa_amr", .text, "mfa", "values of the claim amr that prove a second factor; else it is shown here"),
        .init("oidc.mfa_acr", .text, nil, "values of the claim acr that prove a second factor; none where not set"),
        .init("oidc.role_claim", .text, "groups", "claim that lists what somebody is to the organisation"),
        .init("oidc.roles", .text, nil,
              "roles by values of that claim, the first that somebody has counts, such as clinician=ward-clinicians,administrator=ward-admins"),
        .init("oidc.make_accounts", .flag, "false", "whether somebody who has such a role and no account gets one at the first sign-in"),
        .init("audit.work_hours", .text, "07:00-19:00",
              "usual hours of work; what is reached outside them is found by `ward audit ask out-of-hours`"),
        .init("audit.work_days", .text, "1-5", "usual days of work, 1 Monday to 7 Sunday, such as 1-5 or 1,2,4"),
        .init("audit.time_zone", .text, "UTC", "time zone of the hours of work, such as America/Chicago"),
        .init("audit.witness_url", .text, nil, "https:// address of a witness of the audit log, on another machine; none where not set"),
        .init("audit.witness_key", .text, nil, "the witness's verifier key, NAME+ID+BASE64, as `ward witness show` prints it"),
        .init("audit.witness_authority", .path, nil, "PEM file of the authority that the witness's certificate is checked with"),
        .init("audit.witness_seconds", .whole(1...3_600), "10", "time between two submissions to the witness"),
        .init("audit.alarm_minutes", .whole(0...10_080), "30",
              "the alarm is raised where a receiver or an archive of the log is so far behind"),
        .init("audit.retention_years", .whole(6...100), "6",
              "entries of the log, and its segments in archives, are kept so long; six years are the least (45 CFR 164.316(b)(2))"),
        .init("audit.group", .text, nil, "group of the operating system whose members may read the log's folder, and write nothing"),
        .init("audit.ship.minutes", .whole(1...1_440), "15", "a segment is cut and shipped when its oldest entry is so old"),
        .init("audit.ship.folder", .path, nil, "folder for immutable segments of the log, best of another machine; none where not set"),
        .init("audit.ship.group", .text, nil,
              "group of the operating system whose members may read the segments in audit.ship.folder, to take them over"),
        .init("audit.ship.s3.bucket", .text, nil, "bucket with object lock for segments of the log; none where not set"),
        .init("audit.ship.s3.region", .text, nil, "AWS region of the bucket"),
        .init("audit.ship.s3.prefix", .text, "ward/", "what the names of the segments begin with"),
        .init("audit.ship.s3.endpoint", .text, nil, "https address of the service, where it is not that of the region"),
        .init("audit.ship.s3.ca_file", .path, nil, "PEM file of the authority of the service's certificate; the system's where not set"),
        .init("audit.ship.s3.credentials_file", .path, nil, "credentials, profile default; the role of the instance where not set"),
        .init("audit.syslog.address", .text, nil, "HOST:PORT of a receiver of syslog over TLS (RFC 5425); none where not set"),
        .init("audit.syslog.certificate", .path, nil, "PEM file of the certificate chain that this side shows the receiver"),
        .init("audit.syslog.key", .path, nil, "PEM file of that certificate's private key"),
        .init("audit.syslog.authority", .path, nil, "PEM file of the authority of the receiver's certificate; the system's where not set"),
        .init("audit.syslog.enterprise", .whole(1...2_147_483_647), "32473",
              "your private enterprise number (IANA), under which the structured data stands; the standard is that of examples"),
        .init("log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info",
              "the least severe message that is written"),
        .init("log.format", .choice(["text", "json"]), "text", "form of the application log on standard error"),
    ]

    init(_ name: String, _ form: Form, _ standard: String?, _ meaning: String) {
        self.name = name
        self.form = form
        self.standard = standard
        self.meaning = meaning
    }

    /// What is wrong with a value, in words that do not repeat it; nil if it is right.
    func complaint(about value: String) -> String? {
        switch form {
        case .text where name.hasSuffix("root_file"):
            value.isEmpty || value.contains("/") || value.hasPrefix(".") ? "must be the name of a file, without its folder" : nil
        case .text, .path: value.isEmpty ? "must not be empty" : nil
        case .whole(let range):
            Int(value).map(range.contains) == true
                ? nil : "must be a whole number from \(range.lowerBound) to \(range.upperBound)" + (reason.map { "; \($0)" } ?? "")
        case .choice(let words): words.contains(value) ? nil : "must be one of: \(words.joined(separator: ", "))"
        case .flag: value == "true" || value == "false" ? nil : "must be true or false"
        }
    }

    /// Why a number may not be less, where that is not ours to say.
    private var reason: String? {
        name == "audit.retention_years" ? "six years are the least that 45 CFR 164.316(b)(2) allows" : nil
    }

    /// The environment variable that sets it, such as `WARD_SESSION_IDLE_MINUTES`.
    var variable: String { "WARD_" + name.uppercased().replacing(".", with: "_") }
}
