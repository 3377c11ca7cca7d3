public import WardKeys

/// What a shredding asks of the keyring: that whatever wrapped a destroyed data key be destroyed as well, so that no
/// backup of the key store opens any more.
public struct KeyRenewal: Sendable {
    /// The newest version of the key-encryption key.
    public let newestVersion: @Sendable () -> UInt32
    /// Makes a newer key-encryption key than this version, moves every data key under it, destroys the older ones, and
    /// renews and destroys the root where the key service can. Called again after an interruption, it goes on.
    public let renew: @Sendable (_ past: UInt32) async throws -> KeyChange

    /// A renewal.
    public init(
        newestVersion: @escaping @Sendable () -> UInt32, renew: @escaping @Sendable (_ past: UInt32) async throws -> KeyChange
    ) {
        self.newestVersion = newestVersion
        self.renew = renew
    }
}
