/// What a key derived from a tenant's key-encryption key is for: one purpose, one key.
///
/// `HKDF-SHA256(KEK, "ward/v1" ‖ LP(tenant) ‖ LP(purpose))`, 32 bytes. The raw values are part of the format.
public enum KeyPurpose: String, Sendable, CaseIterable {
    /// Wraps data keys.
    case wrap
    /// Wraps the index keys.
    case index
    /// Seals the payloads of audit entries.
    case audit
    /// Makes the pseudonyms and keyed digests of audit entries.
    case auditPseudonym = "audit-pseudonym"
    /// Signs tokens until the first key of their own is made for them (``Keyring/rotateTokens(_:keeping:now:)``).
    case tokenSigning = "token-signing"
    /// The pepper of password hashes.
    case pepper
    /// Seals paging links.
    case page
    /// Seals what a long job remembers between its steps.
    case job
    /// Wraps keys of older versions that outlive their key-encryption key.
    case retain
    /// Authenticates what stands in the keyring's file in the clear.
    case keyring

    /// Purposes whose keys are needed as long as what they made is there: entries of the audit log, their pseudonyms,
    /// password hashes, and links that are under way. When a key-encryption key is destroyed, these are kept, wrapped under
    /// the newest one; ``page`` for a day, which is more than any link lives.
    static let outliving: [KeyPurpose] = [.audit, .auditPseudonym, .tokenSigning, .pepper, .page]
}
