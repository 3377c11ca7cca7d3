#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What the file system knows of a file: its kind, rights, owner, size and identity. Source: POSIX.1-2017, `sys/stat.h`.
public struct FileStatus: Sendable {
    /// What a file is.
    public enum Kind: Sendable {
        case plain, folder, link, other
    }

    /// Two names of one file share it, and no other file that is there has it.
    public struct Identity: Sendable, Hashable {
        /// The number of the volume that the file is on.
        public let volume: UInt64
        /// Its number there.
        public let number: UInt64
    }

    /// What it is.
    public let kind: Kind
    /// The twelve bits of its mode: rights of owner, group and others, and the set-id and sticky bits.
    public let mode: UInt32
    /// The number of the account that owns it.
    public let owner: UInt32
    /// Bytes.
    public let size: Int64
    /// Which file it is.
    public let identity: Identity

    /// Of what a name leads to, links followed; nil where it leads nowhere or may not be looked at.
    public init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of what stands under the name itself, be it a link; nil where nothing does or it may not be looked at.
    public init?(named path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of an open file; nil where it cannot be told.
    public init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind = switch status.st_mode & S_IFMT {
        case S_IFREG: .plain
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
        mode = UInt32(status.st_mode & 0o7777)
        owner = UInt32(status.st_uid)
        size = Int64(status.st_size)
        identity = Identity(volume: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }

    /// Whether it is neither folder nor link, pipe, socket or device.
    public var isPlain: Bool { kind == .plain }

    /// Whether its group or others have any right on it.
    public var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// Whether its group or others may write to it, and so, where it is a folder, put one file in the place of another's: in a sticky one
    /// they may not.
    public var isWritableByOthers: Bool { mode & 0o022 != 0 && !(kind == .folder && mode & 0o1000 != 0) }

    /// Whether it belongs to the account that this process runs under.
    public var isOwn: Bool { owner == UInt32(geteuid()) }
}
