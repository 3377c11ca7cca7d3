internal import Logging
internal import Foundation
internal import ServiceLifecycle
#if canImport(Glibc)
internal import Glibc
#endif

/// Answers commands on a home that is being served, on a socket that only its owner and root can use.
struct ControlServer: Service {
    let house: House

    func run() async throws {
        let path = house.home.controlSocket
        unlink(path)
        let listener = try ControlSocket.make()
        defer {
            close(listener)
            unlink(path)
        }
        let isBound = ControlSocket.withAddress(path) { bind(listener, $0, $1) == 0 }
        guard isBound, chmod(path, 0o600) == 0, listen(listener, 16) == 0 else {
            house.logger.error("the control socket cannot be made; commands on this home need it stopped")
            try? await gracefulShutdown()
            return
        }
        let stream = AsyncStream<Int32>(bufferingPolicy: .bufferingOldest(16)) { continuation in
            // Accepting blocks, so it has a thread of its own; it ends when the listener is shut down.
            let thread = Thread {
                while true {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else { break }
                    if case .dropped(let extra) = continuation.yield(connection) { close(extra) }
                }
                continuation.finish()
            }
            thread.start()
        }
        await withGracefulShutdownHandler {
            for await connection in stream { await answer(connection) }
        } onGracefulShutdown: {
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    private func answer(_ connection: Int32) async {
        defer { close(connection) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let uid = ControlSocket.peer(connection), uid == getuid() || uid == 0,
            let data = ControlSocket.readAll(connection),
            let operation = try? JSONDecoder().decode(HomeOperation.self, from: data)
        else { return }
        let answer = await Administration(house: house).perform(operation, osUser: OperatingSystemUser.name(of: uid))
        if let encoded = try? JSONEncoder().encode(answer) { _ = ControlSocket.writeAll(connection, encoded) }
    }
}
