/// What names one version of a record, without its content.
public struct VersionMark: Sendable, Hashable {
    public var version: UInt64
    /// True if no newer version exists.
    public var isCurrent: Bool
    /// SHA-256 of the sealed content as it was written, 32 bytes.
    public var digest: [UInt8]

    /// A mark; engines make it.
    public init(version: UInt64, isCurrent: Bool, digest: [UInt8]) {
        self.version = version
        self.isCurrent = isCurrent
        self.digest = digest
    }
}
