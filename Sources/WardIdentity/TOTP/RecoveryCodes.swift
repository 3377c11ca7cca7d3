internal import Crypto
internal import WardDatabase

/// Codes that stand in for the second factor when it is lost, each once. Source: NIST SP 800-63B-4 §3.1.2 (look-up
/// secrets).
///
/// Shape: `k7dm-x2qp-hw9t-bncr`, 80 random bits. Kept as HMAC-SHA256 under a key that is held apart from them, bound
/// to the account.
struct RecoveryCodes: Sendable {
    static let count = 10
    private static let signCount = 16

    private let key: SymmetricKey

    init(pepper: Pepper) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: pepper.key, info: Array("ward/identity/recovery-code/v1".utf8), outputByteCount: 32)
    }

    /// New codes.
    static func make() -> [String] {
        (0..<count).map { _ in
            let signs = SecureRandom.bytes(signCount).map { alphabet[Int($0 & 31)] }
            return stride(from: 0, to: signCount, by: 4)
                .map { String(decoding: signs[$0..<($0 + 4)], as: UTF8.self) }
                .joined(separator: "-")
        }
    }

    /// What is kept of a code.
    func hash(_ code: String, of user: LogicalID) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(user.text)\n\(Self.bare(code))".utf8), using: key))
    }

    /// The kept hash that `code` matches, or nil. It looks at all of them whatever matches.
    func match(_ code: String, of user: LogicalID, in kept: [[UInt8]]) -> [UInt8]? {
        let given = hash(code, of: user)
        var found: [UInt8]?
        for hash in kept where ConstantTime.equal(hash, given) { found = hash }
        return found
    }

    /// What the audit log is told where a proof was a recovery code.
    static func useEvents(
        of proof: SecondFactor.Proof, _ id: LogicalID, _ user: User, _ trail: IdentityTrail, _ actor: TrailActor
    ) throws -> [OutboxEvent] {
        guard case .recoveryCode = proof else { return [] }
        return [try trail.outbox(.recoveryCodeUsed(user: id, left: user.recoveryCodes.count), actor)]
    }

    /// Without hyphens and spaces, in lower case: as people type it.
    private static func bare(_ code: String) -> String {
        String(code.prefix(64).lowercased().filter { $0 != "-" && $0 != " " })
    }

    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz123456789".utf8)
}
