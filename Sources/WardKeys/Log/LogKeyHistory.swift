/// The public keys of a log, oldest first, each but the newest with the last checkpoint that it signed.
public struct LogKeyHistory: Sendable, Hashable {
    /// A key that signed and signs no more.
    public struct Retired: Sendable, Hashable {
        public var key: LogPublicKey
        /// Names it for good, such as `log/1`.
        public var id: String
        /// The checkpoint at which it handed the log to the next key: a signed note that both signed.
        public var handover: [UInt8]
    }

    /// The keys that sign no more.
    public let retired: [Retired]
    /// The key that signs.
    public let current: LogPublicKey

    init(_ file: LogKeyFile) throws(KeyError) {
        guard let signing = file.signing else { throw KeyError(.damaged, "log.key") }
        var retired: [Retired] = []
        for key in file.keys[..<signing] {
            guard let left = key.retired else { throw KeyError(.damaged, "log.key") }
            retired.append(
                Retired(
                    key: try LogPublicKey(name: file.name, bytes: key.publicKey.bytes), id: "log/\(key.version)",
                    handover: left.handover.bytes))
        }
        self.retired = retired
        current = try LogPublicKey(name: file.name, bytes: file.keys[signing].publicKey.bytes)
    }
}
