internal import Crypto
internal import FoundationEssentials
public import WardDatabase

/// Says that a run of entries was removed after its time of retention, signed by the log's key. The hashes of the
/// leaves stay, so that every root, checkpoint and proof still holds; without a tombstone a missing entry is a removed
/// one.
///
/// The form is a C2SP signed-note under the name `<log>/expired`:
///
/// ```
/// audit.<deployment>/<log>/expired
/// 0 65536
/// 2033-01-10T00:00:00.000000Z
/// 2026-12-31T23:59:59.000000Z
///
/// — audit.<deployment>/<log>/expired <base64: key id, signature>
/// ```
///
/// its lines being the name, the first entry and the one after the last, when they were removed, and the time of the
/// newest of them.
public struct Tombstone: Sendable, Equatable {
    /// The entries that were removed, by position.
    public let range: Range<Int64>
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    public let time: Int64
    /// The time of the newest of them.
    public let newest: Int64
    /// The note, whole, as it was signed.
    public let note: [UInt8]
    private let name: String
    private let body: [UInt8]

    /// Signs a tombstone of a log.
    /// - Throws: ``AuditError`` where the key cannot sign.
    init(
        of origin: LogOrigin, range: Range<Int64>, time: Int64, newest: Int64, signer: CheckpointSigner
    ) throws(AuditError) {
        let name = origin.prefix + "/expired"
        let text = "\(name)\n\(range.lowerBound) \(range.upperBound)\n\(LogTime.text(time))\n\(LogTime.text(newest))\n"
        let key = CheckpointKey(name: name, publicKey: signer.publicKey)
        let signature = try signer.signature(of: Array(text.utf8))
        let line = "\n\u{2014} \(name) \(Data(key.id + signature).base64EncodedString())\n"
        try self.init(parsing: Array((text + line).utf8), keys: CheckpointKeys(signer.publicKey))
    }

    /// Reads a tombstone and checks its signature, and that what it tells of was as old as the floor of retention.
    /// - Throws: ``AuditError``: `.malformed`, or `.tampered` where no key signed it that may remove these entries, or
    ///   it tells of entries that nobody may remove yet.
    public init(parsing note: [UInt8], keys: CheckpointKeys) throws(AuditError) {
        try self.init(reading: note, keys: keys)
    }

    /// - Parameter keys: nil where it need not be held against any.
    init(reading note: [UInt8], keys: CheckpointKeys?) throws(AuditError) {
        let malformed = AuditError(.malformed, "a tombstone cannot be read as one")
        guard note.count <= 4_096, let text = String(validating: note, as: UTF8.self) else { throw malformed }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 7, lines[4].isEmpty, lines[6].isEmpty, lines[0].hasSuffix("/expired") else {
            throw malformed
        }
        let numbers = lines[1].split(separator: " ").compactMap { Int64($0) }
        let signature = lines[5].split(separator: " ", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers[0] >= 0, numbers[0] < numbers[1],
            let time = LogTime.microseconds(String(lines[2])),
              let newest = LogTime.microseconds(String(lines[3])), signature.count == 3, signature[0] == "\u{2014}",
              signature[1] == lines[0], let signed = Data(base64Encoded: String(signature[2])), signed.count == 68,
              signed.base64EncodedString() == signature[2] else { throw malformed }
        name = String(lines[0])
        range = numbers[0]..<numbers[1]
        self.time = time
        self.newest = newest
        self.note = note
        body = Array((lines[..<4].joined(separator: "\n") + "\n").utf8)
        let (name, body) = (name, body)
        let isSigned = keys?.holds(removing: range) { publicKey in
            let key = CheckpointKey(name: name, publicKey: publicKey)
            return Array(signed.prefix(4)) == key.id && key.isValid(Array(signed.dropFirst(4)), for: body)
        }
        guard isSigned ?? true else {
            throw AuditError(.tampered, "a tombstone is not signed by the log's key")
        }
        guard time - newest >= AuditRetention.floor else {
            throw AuditError(.tampered, "a tombstone tells of entries that were younger than six years")
        }
    }

    /// The newest tombstone of a store; nil where nothing expired. As each is signed only where the one before ends, it
    /// says how far the log expired.
    /// - Throws: ``AuditError`` as ``init(parsing:keys:)``; ``DatabaseError``.
    public static func newest(in store: any AuditStore, keys: CheckpointKeys) async throws -> Tombstone? {
        guard let note = try await store.tombstones().last else { return nil }
        return try Tombstone(parsing: note, keys: keys)
    }

    /// True where it is of the log whose books have origins like this one.
    func isOf(_ origin: String) -> Bool { origin.hasPrefix(name.dropLast("expired".count)) }
}
