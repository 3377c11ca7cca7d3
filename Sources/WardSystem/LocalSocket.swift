#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Sockets of one machine, by a path. Source: unix(7).
public enum LocalSocket {
    /// A socket that is open and has no address; nil where none can be made. The caller closes it.
    public static func make() -> Int32? {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        return descriptor < 0 ? nil : descriptor
    }

    /// Gives a socket the address of a path that nothing has.
    /// - Returns: false where that cannot be, or the path is too long for a socket.
    public static func name(_ descriptor: Int32, _ path: String) -> Bool {
        withAddress(path) { bind(descriptor, $0, $1) == 0 }
    }

    /// Connects to who listens at a path.
    /// - Returns: false where nobody does, or the path is too long for a socket.
    public static func reach(_ descriptor: Int32, _ path: String) -> Bool {
        withAddress(path) { connect(descriptor, $0, $1) == 0 }
    }

    /// Has reading and writing end after so many seconds without progress.
    public static func limitWaiting(_ descriptor: Int32, seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// The number of the account of the process at the other end; nil where it cannot be told.
    public static func peer(of descriptor: Int32) -> UInt32? {
        #if canImport(Glibc)
        // struct ucred { pid, uid, gid }: SO_PEERCRED is 17 on Linux.
        var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
        var length = socklen_t(12)
        guard getsockopt(descriptor, SOL_SOCKET, 17, &credentials, &length) == 0, length == 12 else { return nil }
        return credentials.1
        #else
        var (account, group): (uid_t, gid_t) = (0, 0)
        return getpeereid(descriptor, &account, &group) == 0 ? account : nil
        #endif
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
