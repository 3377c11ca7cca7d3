/// What an authenticator says of itself and of whoever touched it. Source: Web Authentication level 2, §6.1; level 3 for
/// the flags of backup.
struct AuthenticatorData: Sendable {
    /// SHA-256 of the site's name that the passkey is for.
    let relyingPartyHash: [UInt8]
    let flags: Flags
    /// How often the key was used, as the authenticator counts; 0 where it does not count.
    let counter: UInt32
    /// The new key, where one was made.
    let credential: AttestedCredential?

    struct Flags: OptionSet, Sendable {
        let rawValue: UInt8
        static let userPresent = Flags(rawValue: 1 << 0)
        static let userVerified = Flags(rawValue: 1 << 2)
        static let backupEligible = Flags(rawValue: 1 << 3)
        static let backedUp = Flags(rawValue: 1 << 4)
        static let hasCredential = Flags(rawValue: 1 << 6)
        static let hasExtensions = Flags(rawValue: 1 << 7)
    }

    struct AttestedCredential: Sendable {
        /// The model of the authenticator; zeros where it does not say.
        let model: [UInt8]
        let id: [UInt8]
        /// The key as CBOR.
        let key: [UInt8]
    }

    /// Reads it to its last byte.
    init(_ bytes: [UInt8]) throws(PasskeyError) {
        guard bytes.count >= 37 else { throw PasskeyError(.malformed) }
        relyingPartyHash = Array(bytes[..<32])
        flags = Flags(rawValue: bytes[32])
        counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var rest = bytes[37...]
        if flags.contains(.hasCredential) {
            guard rest.count >= 18 else { throw PasskeyError(.malformed) }
            let model = Array(rest.prefix(16))
            let length = rest.dropFirst(16).prefix(2).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(18)
            guard (1...1_023).contains(length), rest.count > length else { throw PasskeyError(.malformed) }
            let id = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            var reader = CBORReader(rest)
            _ = try reader.value()
            credential = AttestedCredential(model: model, id: id, key: Array(rest[..<reader.rest.startIndex]))
            rest = reader.rest
        } else {
            credential = nil
        }
        if flags.contains(.hasExtensions) {
            var reader = CBORReader(rest)
            guard case .map = try reader.value() else { throw PasskeyError(.malformed) }
            rest = reader.rest
        }
        guard rest.isEmpty else { throw PasskeyError(.malformed) }
    }
}
