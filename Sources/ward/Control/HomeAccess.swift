internal import Foundation
#if canImport(Glibc)
internal import Glibc
#endif

/// Does an operation on a home: through the process that serves it, or, where none does, by opening it here.
enum HomeAccess {
    /// - Throws: ``Failure`` with the words of whoever refused.
    static func perform(_ operation: HomeOperation, on home: Home, passphraseFile: String?) async throws -> HomeAnswer {
        let answer: HomeAnswer
        if HomeLock.isHeld(home) {
            answer = try ask(operation, home)
        } else {
            let house = try await House.open(home, purpose: "command", passphraseFile: passphraseFile)
            answer = await Administration(house: house).perform(operation, osUser: OperatingSystemUser.name)
            try await house.close()
        }
        if case .failed(let words) = answer { throw Failure(words) }
        return answer
    }

    /// How often it is asked whether a process that has the home answers yet; ten times a second.
    private static let attempts = 100

    /// A connection to the process that has the home, which may still be starting, or end while it is asked.
    private static func connection(to home: Home) throws(Failure) -> Int32 {
        for _ in 0..<attempts {
            let descriptor = try ControlSocket.make()
            if ControlSocket.withAddress(home.controlSocket, { connect(descriptor, $0, $1) == 0 }) { return descriptor }
            close(descriptor)
            usleep(100_000)
        }
        throw Failure("the home is in use and its process does not answer on \(home.controlSocket)")
    }

    private static func ask(_ operation: HomeOperation, _ home: Home) throws -> HomeAnswer {
        let descriptor = try connection(to: home)
        defer { close(descriptor) }
        guard ControlSocket.writeAll(descriptor, try JSONEncoder().encode(operation)), let data = ControlSocket.readAll(descriptor),
            let answer = try? JSONDecoder().decode(HomeAnswer.self, from: data)
        else { throw Failure("the process that serves the home refused the command") }
        return answer
    }
}
