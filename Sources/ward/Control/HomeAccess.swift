internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif
internal import WardSystem

/// Does an operation on a home: through the process that serves it, or, where none does, by opening it here, when its turn has come.
enum HomeAccess {
    /// - Throws: ``Failure`` with the words of whoever refused.
    static func perform(_ operation: HomeOperation, on home: Home, passphraseFile: String?) async throws -> HomeAnswer {
        let way = try await HomeLock.wait(home, purpose: "command") { lock, _ in
            // Who has the lock and no socket is another command, or a server that begins or ends.
            try lock.map(Way.alone) ?? connection(to: home).map(Way.served)
        }
        let answer: HomeAnswer
        switch way {
        case .alone(let lock):
            let house = try await House.open(home, lock: lock, passphraseFile: passphraseFile)
            answer = await Administration(house: house).perform(operation, osUser: OperatingSystemUser.name)
            try await house.close()
        case .served(let connection): answer = try ask(operation, connection)
        }
        if case .failed(let words) = answer { throw Failure(words) }
        return answer
    }

    private enum Way {
        case alone(HomeLock)
        case served(Int32)
    }

    /// A connection to the process that serves the home; nil where none answers.
    private static func connection(to home: Home) throws(Failure) -> Int32? {
        let descriptor = try ControlSocket.make()
        if LocalSocket.reach(descriptor, home.controlSocket) { return descriptor }
        close(descriptor)
        return nil
    }

    /// A server answers whatever reaches it, also what it refuses: without a whole answer it, or the connection, came to its end.
    private static func ask(_ operation: HomeOperation, _ descriptor: Int32) throws -> HomeAnswer {
        defer { close(descriptor) }
        guard ControlSocket.writeAll(descriptor, try JSONEncoder().encode(operation)), let data = ControlSocket.readAll(descriptor),
            !data.isEmpty
        else {
            throw Failure("""
                the connection to the process that serves the home was lost before it answered, so whether this was done is not known. \
                \(operation.afterLoss)
                """)
        }
        guard let answer = try? JSONDecoder().decode(HomeAnswer.self, from: data) else {
            throw Failure("""
                the process that serves the home gave an answer that this program does not know or that was cut off: they may be of two versions. \
                Whether this was done is not known. \(operation.afterLoss)
                """)
        }
        return answer
    }
}
