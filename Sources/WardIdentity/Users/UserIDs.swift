internal import Crypto
internal import WardDatabase

/// Makes the id of a new account from its name, by a keyed hash: two accounts of one name would have one id, so of
/// two that are made at the same moment the store takes one. Without the key the id says nothing of the name.
/// Accounts are looked up by name, not by this.
struct UserIDs: Sendable {
    private let key: SymmetricKey
    private let tenant: TenantID

    init(pepper: Pepper, tenant: TenantID) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: pepper.key, info: Array("ward/identity/user-id/v1".utf8), outputByteCount: 32)
        self.tenant = tenant
    }

    /// A UUID of version 8 (RFC 9562 §5.8).
    func id(for name: UserName) -> LogicalID {
        var bytes = Array(
            HMAC<SHA256>.authenticationCode(for: tenant.bytes + Array(name.folded.utf8), using: key).prefix(16))
        bytes[6] = 0x80 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        return LogicalID(uuid: bytes)
    }
}
