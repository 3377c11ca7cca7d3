internal import NIOCore
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Why the server cannot listen.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    public var code: Code
    /// The configured host and port.
    public var address: String
    private var detail: String

    init(_ code: Code, _ configuration: ServerConfiguration, _ detail: String) {
        self.code = code
        self.detail = detail
        address = "\(configuration.host):\(configuration.port)"
    }

    init(_ error: IOError, _ configuration: ServerConfiguration) {
        let code: Code = switch error.errnoCode {
        case EADDRINUSE: .portInUse
        case EACCES, EPERM: .notPermitted
        case EADDRNOTAVAIL: .unknownHost
        default: .failed
        }
        self.init(code, configuration, "errno \(error.errnoCode)")
    }

    public var description: String { "cannot listen on \(address): \(code.rawValue) (\(detail))" }

    /// Kinds of failure.
    public enum Code: String, Sendable {
        /// Another process listens there.
        case portInUse = "the port is in use"
        /// The operating system does not allow it.
        case notPermitted = "not permitted"
        /// The host is not an address of this machine.
        case unknownHost = "no such address on this machine"
        /// Another failure of the operating system.
        case failed = "the operating system refused"
    }
}
