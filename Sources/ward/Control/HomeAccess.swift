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

    private static func ask(_ operation: HomeOperation, _ home: Home) throws -> HomeAnswer {
        let descriptor = try ControlSocket.make()
        defer { close(descriptor) }
        guard ControlSocket.withAddress(home.controlSocket, { connect(descriptor, $0, $1) == 0 }) else {
            throw Failure("the home is in use and its process does not answer on \(home.controlSocket)")
        }
        guard ControlSocket.writeAll(descriptor, try JSONEncoder().encode(operation)), let data = ControlSocket.readAll(descriptor),
            let answer = try? JSONDecoder().decode(HomeAnswer.self, from: data)
        else { throw Failure("the process that serves the home refused the command") }
        return answer
    }
}
