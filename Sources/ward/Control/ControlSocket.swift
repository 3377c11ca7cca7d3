internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// The socket by which commands reach the process that serves a home: one request and one answer a connection, each a JSON document that
/// ends the stream.
enum ControlSocket {
    /// Largest message.
    static let limitBytes = 1 << 20

    /// A Unix domain socket; the caller closes it.
    static func make() throws(Failure) -> Int32 {
        guard let descriptor = LocalSocket.make() else { throw Failure("control socket: cannot be made") }
        return descriptor
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
}
