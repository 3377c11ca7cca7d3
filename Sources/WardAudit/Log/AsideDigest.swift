internal import Crypto

/// What the entry that tells of rows which were taken aside has in its header: the SHA-256 of `ward-aside/v2`, a line end, and of
/// each row its position and its length (8 bytes each, big endian) and its bytes.
///
/// Logs that were repaired by an earlier version have the SHA-256 of the bytes alone there, which says nothing of positions.
struct AsideDigest {
    private var hasher: SHA256
    private var older = SHA256()
    /// True where nothing was added.
    private(set) var isEmpty = true

    init() {
        hasher = SHA256()
        hasher.update(data: Array("ward-aside/v2\n".utf8))
    }

    /// Adds the next row.
    mutating func add(_ bytes: some Collection<UInt8>, at position: Int64) {
        let bytes = Array(bytes)
        withUnsafeBytes(of: position.bigEndian) { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: Int64(bytes.count).bigEndian) { hasher.update(bufferPointer: $0) }
        hasher.update(data: bytes)
        older.update(data: bytes)
        isEmpty = false
    }

    /// 32 bytes.
    var digest: [UInt8] { Array(hasher.finalize()) }

    /// Whether an entry tells of exactly these rows.
    func isTold(by told: Set<[UInt8]>) -> Bool { told.contains(digest) || told.contains(Array(older.finalize())) }
}
