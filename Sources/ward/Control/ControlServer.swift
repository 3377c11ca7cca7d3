internal import Logging
internal import Foundation
internal import ServiceLifecycle
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// Answers commands on a home that is being served, on a socket that only its owner and root can use.
struct ControlServer: Service {
    let house: House
    private let listener: Int32?

    /// Listens from here on, so that a home that says that it is ready takes commands; they are answered once it runs.
    init(house: House) {
        self.house = house
        let path = house.home.controlSocket
        unlink(path)
        listener = LocalSocket.make().flatMap { made in
            if LocalSocket.name(made, path), chmod(path, 0o600) == 0, listen(made, 16) == 0 { return made }
            close(made)
            unlink(path)
            return nil
        }
    }

    func run() async throws {
        guard let listener else {
            house.logger.error("the control socket cannot be made; commands on this home need it stopped")
            try? await gracefulShutdown()
            return
        }
        defer {
            close(listener)
            unlink(house.home.controlSocket)
        }
        let stream = AsyncStream<Request>(bufferingPolicy: .bufferingOldest(16)) { continuation in
            // Accepting and reading block, so they have a thread of their own; it ends when the listener is shut down.
            let thread = Thread {
                while true {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else { break }
                    guard let request = Self.request(connection) else {
                        Self.end(connection, .failed(Self.refusal))
                        continue
                    }
                    if case .dropped(let extra) = continuation.yield(request) { Self.end(extra.connection, .failed(Self.busy)) }
                }
                continuation.finish()
            }
            thread.start()
        }
        await withGracefulShutdownHandler {
            for await request in stream { await answer(request) }
        } onGracefulShutdown: {
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    /// An operation that somebody who may asks for.
    private struct Request: Sendable {
        let connection: Int32
        let uid: UInt32
        let operation: HomeOperation
    }

    private static func request(_ connection: Int32) -> Request? {
        LocalSocket.limitWaiting(connection, seconds: 5)
        guard let uid = LocalSocket.peer(of: connection), uid == getuid() || uid == 0,
            let data = ControlSocket.readAll(connection),
            let operation = try? JSONDecoder().decode(HomeOperation.self, from: data)
        else { return nil }
        return Request(connection: connection, uid: uid, operation: operation)
    }

    private func answer(_ request: Request) async {
        let answer = await Administration(house: house).perform(
            request.operation, osUser: OperatingSystemUser.name(of: request.uid))
        Self.end(request.connection, answer)
    }

    private static let refusal = """
        the process that serves the home refused the command: it is of another version of this program, or you are neither who serves the \
        home nor root
        """
    private static let busy = "too many commands wait for the process that serves the home; nothing was done, try again"

    /// Answers, and ends the connection.
    private static func end(_ connection: Int32, _ answer: HomeAnswer) {
        if let encoded = try? JSONEncoder().encode(answer) { _ = ControlSocket.writeAll(connection, encoded) }
        close(connection)
    }
}
