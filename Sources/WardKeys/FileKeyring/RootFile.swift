/// The file `root.key`: root keys, each sealed under a key that scrypt makes from the passphrase.
///
/// Form: ``CheckedDocument`` of format `ward-root`, version 1, with the members below. A root key is random, so that a
/// new passphrase seals it anew and no wrapped key needs to change.
struct RootFile: Codable, Sendable {
    static let document = CheckedDocument<RootFile>(format: "ward-root", version: 1)

    /// 16 random bytes in hex; the root's stable name.
    var id: String
    var scrypt: ScryptCost
    /// 16 random bytes.
    var salt: Base64Bytes
    /// Oldest first.
    var roots: [Root]

    /// One version of the root key.
    struct Root: Codable, Sendable {
        var version: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z.
        var createdAt: Int64
        /// `nonce ‖ ciphertext ‖ tag`, AES-256-GCM.
        var sealed: Base64Bytes
    }

    /// `"root/v1" ‖ LP(id) ‖ u64 n ‖ u32 r ‖ u32 p ‖ LP(salt) ‖ u32 version ‖ u64 created-at µs`, bound to a sealed
    /// root key.
    func authenticatedData(version: UInt32, createdAt: Int64) -> [UInt8] {
        var canonical = CanonicalBytes("root/v1")
        canonical.lengthPrefixed(id)
        canonical.integer(UInt64(scrypt.n))
        canonical.integer(UInt32(scrypt.r))
        canonical.integer(UInt32(scrypt.p))
        canonical.lengthPrefixed(salt.bytes)
        canonical.integer(version)
        canonical.integer(createdAt)
        return canonical.bytes
    }
}

/// What scrypt costs. Source: RFC 7914; the standard follows OWASP's table (N=2^15, r=8, p=3: 32 MiB).
public struct ScryptCost: Codable, Hashable, Sendable {
    /// CPU and memory cost, a power of two.
    public var n: Int
    /// Block size.
    public var r: Int
    /// Parallelisation.
    public var p: Int

    /// A cost; nil unless `n` is a power of two, and the cost within what ``limitBytes`` and ``limitBlocks`` allow.
    public init?(n: Int, r: Int, p: Int) {
        self.init(unchecked: n, r, p)
        guard isWithinBounds else { return nil }
    }

    /// N=2^15, r=8, p=3.
    public static let standard = ScryptCost(unchecked: 1 << 15, 8, 3)

    /// The most memory that a file may ask for: eight times the standard.
    static let limitBytes = 256 << 20
    /// The most work (`n·r·p`) that a file may ask for: about ten times the standard.
    static let limitBlocks = 1 << 23

    /// Bounds on what a file may ask for, before anything is derived, so that a forged one cannot exhaust the machine.
    var isWithinBounds: Bool {
        guard n >= 2, n <= 1 << 20, n.nonzeroBitCount == 1, (1...32).contains(r), (1...16).contains(p) else { return false }
        return 128 * n * r <= Self.limitBytes && n * r * p <= Self.limitBlocks
    }

    /// A cost without the bounds: for the published vectors, one of which takes 1 GiB.
    init(unchecked n: Int, _ r: Int, _ p: Int) { (self.n, self.r, self.p) = (n, r, p) }
}
