internal import Crypto

/// A patient's own index key: its tokens are equal to no other patient's, and gone with the patient's data key.
///
/// `Kc = HKDF-SHA256(DEK, "bidx/v1/compartment")`;
/// `token = first 8 bytes of HMAC-SHA256(Kc, LP(type) ‖ LP(parameter) ‖ LP(kind) ‖ LP(value))`, big endian, as a signed
/// integer. One derivation serves all fields, so a new patient costs little.
public struct CompartmentIndexKey: Sendable {
    private let hash: KeyedHash

    init(dataKey: SymmetricKey) {
        hash = KeyedHash(Derivation.key(from: dataKey, info: Array("bidx/v1/compartment".utf8)))
    }

    /// The token of a value of one field. Only the first 65,535 bytes of the value count.
    public func token(type: String, parameter: String, kind: UInt8, value: [UInt8]) -> Int64 {
        var canonical = CanonicalBytes("", capacity: 16 + type.utf8.count + parameter.utf8.count + value.count)
        canonical.lengthPrefixed(type)
        canonical.lengthPrefixed(parameter)
        canonical.integer(UInt16(1))
        canonical.integer(kind)
        canonical.lengthPrefixed(value)
        return canonical.bytes.withUnsafeBytes { hash.token(of: $0) }
    }
}
