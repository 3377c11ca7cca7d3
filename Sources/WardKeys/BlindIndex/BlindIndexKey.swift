internal import Crypto
internal import Synchronization

/// The tenant's index key of one epoch: makes the tokens by which records are found across patients.
///
/// `Kp = HKDF-SHA256(IK, "bidx/v1" ‖ LP(epoch) ‖ LP(type) ‖ LP(parameter) ‖ LP(kind))`;
/// `token = first 8 bytes of HMAC-SHA256(Kp, LP(partition) ‖ LP(value))`, big endian, as a signed integer.
/// Only the first 65,535 bytes of a value count; the index gives a superset anyway. Keyed states are kept per field and
/// copied.
public final class BlindIndexKey: Sendable {
    /// The epoch; each has its own random key.
    public let epoch: UInt32
    /// In how many parts the tokens of patients are split, to flatten frequencies: 1 to 64. A query asks for the token
    /// of each.
    public let partitions: UInt8
    /// What the epoch indexes, as whoever began it wrote it; nil for the first epoch of a home. It is bound to the key.
    public let policy: String?

    private let key: SymmetricKey
    private let partitionHash: KeyedHash
    private let fields = Mutex<[Field: KeyedHash]>([:])

    private struct Field: Hashable {
        var type: String
        var parameter: String
        var kind: UInt8
    }

    /// Kept fields are few (types times parameters times kinds); past this bound, which no definition reaches, they are
    /// dropped.
    private static let fieldLimit = 1 << 16

    init(_ key: SymmetricKey, epoch: UInt32, partitions: UInt8, policy: String? = nil) {
        self.key = key
        self.policy = policy
        self.epoch = epoch
        self.partitions = partitions
        var canonical = CanonicalBytes("bidx/v1/partition")
        canonical.lengthPrefixed(epoch.bigEndianBytes)
        partitionHash = KeyedHash(Derivation.key(from: key, info: canonical.bytes))
    }

    /// The partition of a patient: a PRF of the id, modulo the number of partitions.
    public func partition(of patient: String) -> UInt8 {
        guard partitions > 1 else { return 0 }
        var patient = patient
        let token = patient.withUTF8 { partitionHash.token(of: UnsafeRawBufferPointer($0)) }
        return UInt8(UInt64(bitPattern: token) % UInt64(partitions))
    }

    /// The token of a value of one field.
    public func token(type: String, parameter: String, kind: UInt8, partition: UInt8, value: [UInt8]) -> Int64 {
        let hash = hash(Field(type: type, parameter: parameter, kind: kind))
        let count = min(value.count, 0xFFFF)
        return withUnsafeTemporaryAllocation(byteCount: 5 + count, alignment: 1) { message in
            message[0] = 0
            message[1] = 1
            message[2] = partition
            message[3] = UInt8(truncatingIfNeeded: count >> 8)
            message[4] = UInt8(truncatingIfNeeded: count)
            value.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: message[5...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            return hash.token(of: UnsafeRawBufferPointer(message))
        }
    }

    private func hash(_ field: Field) -> KeyedHash {
        if let kept = fields.withLock({ $0[field] }) { return kept }
        var canonical = CanonicalBytes("bidx/v1")
        canonical.lengthPrefixed(epoch.bigEndianBytes)
        canonical.lengthPrefixed(field.type)
        canonical.lengthPrefixed(field.parameter)
        canonical.lengthPrefixed([field.kind])
        let made = KeyedHash(Derivation.key(from: key, info: canonical.bytes))
        fields.withLock { fields in
            if fields.count >= Self.fieldLimit { fields.removeAll() }
            fields[field] = made
        }
        return made
    }
}
