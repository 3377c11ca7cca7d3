internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif

/// The socket by which commands reach the process that serves a home: one request and one answer a connection, each a JSON document that
/// ends the stream.
enum ControlSocket {
    /// Largest message.
    static let limitBytes = 1 << 20

    /// A Unix domain socket; the caller closes it.
    static func make() throws(Failure) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("control socket: cannot be made") }
        return descriptor
    }

    /// Calls `body` with the address of a path; false where the path is too long for a socket.
    static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Reads to the end of the stream, at most the limit.
    static func readAll(_ descriptor: Int32) -> Data? {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return data }
            guard count > 0 else { return nil }
            data.append(contentsOf: buffer[..<count])
            guard data.count <= limitBytes else { return nil }
        }
    }

    /// Writes everything and ends the stream.
    static func writeAll(_ descriptor: Int32, _ data: Data) -> Bool {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return shutdown(descriptor, Int32(SHUT_WR)) == 0
    }

    /// The account of the process at the other end.
    static func peer(_ descriptor: Int32) -> UInt32? {
        // struct ucred { pid, uid, gid }: SO_PEERCRED is 17 on Linux (unix(7)).
        var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
        var length = socklen_t(12)
        guard getsockopt(descriptor, SOL_SOCKET, 17, &credentials, &length) == 0, length == 12 else { return nil }
        return credentials.1
    }
}
