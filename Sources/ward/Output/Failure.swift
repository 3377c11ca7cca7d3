/// Why a command cannot run: one line for people, exit code 2. It holds no PHI and no secret.
struct Failure: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
