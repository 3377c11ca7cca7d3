internal import FoundationEssentials
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import Synchronization
internal import WardSystem

/// A folder whose files are written once: mode 0400, and with the immutable attribute where the file system and the
/// rights of the process allow it.
///
/// A file is made in `partial/` and linked into its place, which fails where something is there: it is whole or not
/// there, and the folder of a year can itself be append-only (`chattr +a`).
public struct FolderArchive: SegmentArchive {
    public let kind = "folder"
    private let folder: String
    /// The number of a group that may read here; nil where nobody but the owner may.
    private let group: UInt32?

    /// An archive in a folder, which belongs to whoever ships.
    /// - Parameter group: of the operating system, whose members may read what lies here.
    public init(folder: String, readableBy group: UInt32? = nil) {
        self.folder = folder
        self.group = group
    }

    public func probe() async throws {
        try makeFolder(folder)
        try makeFolder(folder + "/partial", isShared: false)
        guard access(folder, W_OK) == 0 else { throw Self.failed("cannot be written") }
    }

    public func put(_ bytes: [UInt8], as name: String, until: Int64) async throws -> Bool {
        guard Self.isName(name) else { throw Self.failed("takes segments only") }
        let year = name.prefix { $0 != "/" }
        try makeFolder("\(folder)/\(year)")
        let path = "\(folder)/\(name)", partial = "\(folder)/partial/\(name.replacing("/", with: "-"))"
        guard FileStatus(named: path) == nil else { return false }
        unlink(partial)
        try DurableFile(partial).replace(bytes)
        try share(partial, mode: 0o440)
        guard group != nil || chmod(partial, 0o400) == 0 else { throw Self.failed("does not keep file modes") }
        let isPut = link(partial, path) == 0
        let code = errno
        unlink(partial)
        guard isPut else {
            if code == EEXIST { return false }
            throw Self.failed("cannot be written")
        }
        try flush("\(folder)/\(year)")
        Self.makeImmutable(path)
        return true
    }

    public func get(_ name: String) async throws -> [UInt8]? {
        guard Self.isName(name) else { return nil }
        let path = "\(folder)/\(name)"
        guard let status = FileStatus(named: path), status.isPlain, status.size <= Segment.limitBytes else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw Self.failed("cannot be read") }
        return Array(data)
    }

    public func names() async throws -> [String] {
        let (names, unreadable) = try await listing()
        if let first = unreadable.first { throw Self.failed("cannot be read: \(first)") }
        return names
    }

    public func listing() async throws -> (names: [String], unreadable: [String]) {
        guard access(folder, F_OK) == 0 else { return ([], []) }
        let files = FileManager.default
        guard let years = try? files.contentsOfDirectory(atPath: folder) else { throw Self.failed("cannot be read") }
        var names: [String] = [], unreadable: [String] = []
        for year in years.sorted() where Int(year) != nil {
            var isFolder = false
            guard files.fileExists(atPath: "\(folder)/\(year)", isDirectory: &isFolder), isFolder else { continue }
            if let found = try? files.contentsOfDirectory(atPath: "\(folder)/\(year)") {
                names += found.sorted().map { "\(year)/\($0)" }
            } else {
                unreadable.append(year)
            }
        }
        return (names.filter(Self.isName), unreadable)
    }

    /// Whether files here get the immutable attribute, tried on a file of no meaning that is removed again.
    public var keepsImmutable: Bool {
        let path = "\(folder)/partial/probe"
        unlink(path)
        guard (try? DurableFile(path).replace([0])) != nil else { return false }
        let isKept = Self.makeImmutable(path) && unlink(path) != 0
        Self.setImmutable(path, false)
        unlink(path)
        return isKept
    }

    private static func isName(_ name: String) -> Bool { SegmentName(name) != nil }

    @discardableResult
    private static func makeImmutable(_ path: String) -> Bool { setImmutable(path, true) }

    /// The attribute of `chattr +i`. Source: ioctl_iflags(2).
    @discardableResult
    static func setImmutable(_ path: String, _ isSet: Bool) -> Bool {
        #if canImport(Glibc)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let (get, set, immutable) = (UInt(0x8008_6601), UInt(0x4008_6602), 0x10)
        var flags = 0
        guard ioctl(descriptor, get, &flags) == 0 else { return false }
        flags = isSet ? flags | immutable : flags & ~immutable
        return ioctl(descriptor, set, &flags) == 0
        #else
        return chflags(path, isSet ? UInt32(UF_IMMUTABLE) : 0) == 0
        #endif
    }

    private func makeFolder(_ path: String, isShared: Bool = true) throws(AuditError) {
        guard mkdir(path, 0o700) == 0 else {
            guard errno == EEXIST else { throw Self.failed("cannot be made") }
            return
        }
        if isShared { try share(path, mode: 0o750) }
    }

    /// Lets the group read, where there is one.
    private func share(_ path: String, mode: mode_t) throws(AuditError) {
        guard let group else { return }
        guard chown(path, uid_t.max, group) == 0, chmod(path, mode) == 0 else {
            throw Self.failed("cannot be given to audit.ship.group; the server's account must belong to it")
        }
    }

    private func flush(_ path: String) throws(AuditError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failed("cannot be read") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failed("cannot be flushed to disk") }
    }

    private static func failed(_ what: String) -> AuditError {
        AuditError(.unavailable, "the folder of the archive \(what)")
    }
}
